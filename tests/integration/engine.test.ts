import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { expect } from "chai";
import { ensureEngine } from "../engine/ensure";
import { withLock } from "../engine/lock";
import { isHostRunning, LANGUAGE_HOST } from "../engine/programs";
import { messageOf } from "./platform";

describe("the engine's cache folder", () => {
  const { PATH, PULUMI_WALLAROO_ENGINE_CACHE } = process.env;
  afterEach(() => {
    process.env["PATH"] = PATH;
    if (PULUMI_WALLAROO_ENGINE_CACHE === undefined) delete process.env["PULUMI_WALLAROO_ENGINE_CACHE"];
    else process.env["PULUMI_WALLAROO_ENGINE_CACHE"] = PULUMI_WALLAROO_ENGINE_CACHE;
  });

  for (const name of ["precious", "pulumi-projects/precious"]) {
    it(`is not cleared when it was chosen by mistake and holds ${name}`, () => keeps(name));
  }

  async function keeps(name: string): Promise<void> {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "pulumi-wallaroo-precious-"));
    const file = path.join(folder, name);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, "");
    process.env["PULUMI_WALLAROO_ENGINE_CACHE"] = folder;
    // No engine on PATH, or none would be made.
    process.env["PATH"] = "";
    expect(await messageOf(() => ensureEngine())).to.match(/the folder holds something else \(/);
    expect(fs.existsSync(file)).to.equal(true);
    fs.rmSync(folder, { recursive: true });
  }
});

describe("an engine in the cache", () => {
  it("is not taken for one when half of its language host is missing", async () => {
    const { directory } = await ensureEngine();
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "pulumi-wallaroo-half-"));
    expect(await isHostRunning(directory)).to.equal(true);
    const whole = fs.readFileSync(path.join(directory, LANGUAGE_HOST));
    fs.writeFileSync(path.join(folder, LANGUAGE_HOST), whole.subarray(0, whole.length / 2), { mode: 0o755 });
    expect(await isHostRunning(folder)).to.equal(false);
    fs.rmSync(folder, { recursive: true });
  }).timeout(180_000);
});

describe("the engine's lock", () => {
  it("is held by one of many who find its holder dead", async () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "pulumi-wallaroo-lock-"));
    const file = path.join(folder, "engine.lock");
    // No process has this id: it is above the highest that a kernel gives.
    fs.writeFileSync(file, String(2 ** 30));
    let inside = 0;
    let most = 0;
    const body = async () => {
      most = Math.max(most, (inside += 1));
      await new Promise((resolve) => setTimeout(resolve, 50));
      inside -= 1;
    };
    await Promise.all(Array.from({ length: 4 }, () => withLock(file, () => undefined, body)));
    expect(most).to.equal(1);
    fs.rmSync(folder, { recursive: true });
  }).timeout(20_000);

  it("is taken over from a process that died before it had written its id", async () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "pulumi-wallaroo-lock-"));
    const file = path.join(folder, "engine.lock");
    fs.writeFileSync(file, "");
    fs.utimesSync(file, new Date(0), new Date(0));
    expect(
      await withLock(
        file,
        () => undefined,
        () => Promise.resolve("made"),
      ),
    ).to.equal("made");
    expect(fs.existsSync(file)).to.equal(false);
    fs.rmSync(folder, { recursive: true });
  });
});
