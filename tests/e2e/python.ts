import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { startPlatform, type Platform } from "../emulator/platform";
import { ensurePython, findPythonObstacle, pythonOf } from "../engine/python";
import { ROOT, run } from "./consumer";
import { PluginProject } from "./plugin-project";
import { CI } from "./stack";

/** A virtual environment with the Python SDK of this checkout, built as a wheel and installed. */
export class PythonSdk {
  /** @param folder has `venv`, `wheels`, and the `sdks` as the command makes them */
  private constructor(readonly folder: string) {}

  static #built: Promise<PythonSdk> | undefined;

  /**
   * Built once for the process, and removed at its end. Skips the test or suite, with a line that says why, on a machine
   * without Python; not in CI.
   */
  static async buildFor(suite: Mocha.Context): Promise<PythonSdk> {
    // The first time on a machine, the generators of the SDKs are compiled.
    suite.timeout(900_000);
    const obstacle = await findPythonObstacle();
    if (obstacle === undefined) return (PythonSdk.#built ??= PythonSdk.#build());
    if (process.env["CI"] !== undefined) throw new Error(`Could not run Python programs: ${obstacle}.`);
    process.stdout.write(`\n  Python programs are not run: ${obstacle}\n`);
    return suite.skip();
  }

  static async #build(): Promise<PythonSdk> {
    const folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "pulumi-wallaroo-python-")));
    process.once("exit", () => fs.rmSync(folder, { recursive: true, force: true }));
    const environment = path.join(folder, "venv");
    const sdk = path.join(folder, "sdks/python");
    const wheels = path.join(folder, "wheels");
    fs.cpSync(await ensurePython(), environment, { recursive: true, verbatimSymlinks: true });
    await run("npm", ["run", "--silent", "sdks", "--", path.join(folder, "sdks")], { cwd: ROOT });
    const built = new PythonSdk(folder);
    await built.pip("wheel", "--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir", wheels, sdk);
    await built.pip("install", "--quiet", ...fs.readdirSync(wheels).map((wheel) => path.join(wheels, wheel)));
    return built;
  }

  /** For PATH. */
  get programs(): string {
    return path.dirname(this.#python);
  }

  /** Runs pip without a package index: what it needs is there, or it raises. Answers what it prints. */
  async pip(...args: string[]): Promise<string> {
    const { stdout } = await run(this.#python, ["-m", "pip", ...args, "--no-index"], { cwd: this.folder });
    return stdout;
  }

  get #python(): string {
    return pythonOf(path.join(this.folder, "venv"));
  }
}

/** An SDK for a suite; for each test a platform, and a project with that SDK on it. All gone afterwards. */
export function onPython(): { sdk: () => PythonSdk; platform: () => Platform; project: () => PluginProject } {
  let sdk: PythonSdk;
  let platform: Platform;
  let project: PluginProject;
  before(async function () {
    sdk = await PythonSdk.buildFor(this);
  });
  beforeEach(async () => {
    platform = await startPlatform();
    await platform.addUser({ ...CI, admin: true });
    project = await PluginProject.create(platform, {}, [sdk.programs]);
  });
  afterEach(async () => {
    (project as PluginProject | undefined)?.remove();
    await platform.close();
  });
  return { sdk: () => sdk, platform: () => platform, project: () => project };
}
