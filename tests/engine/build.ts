import { spawn } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { LANGUAGE_HOST } from "./programs";

/** The engine that is made when there is none: the newest that the Go module proxy serves. */
export const ENGINE_VERSION = "3.274.1";

/** One program, built from a pinned Go module. */
export interface Part {
  /** Folder beside this file with the pinned go.mod and go.sum. */
  module: string;
  /** Go package of the command. */
  command: string;
  program: string;
  version: string;
  /** What the program starts: a file of the command's module, which is put beside it. */
  script?: { module: string; file: string };
}

export const PARTS: readonly Part[] = [
  {
    module: "language-nodejs",
    command: "github.com/pulumi/pulumi/sdk/v3/nodejs/cmd/pulumi-language-nodejs",
    program: LANGUAGE_HOST,
    // The last release that carries the Node language host inside the SDK's module.
    version: "3.68.0",
  },
  {
    module: "pulumi",
    command: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
    program: "pulumi",
    version: ENGINE_VERSION,
  },
];

/** Builds engine and language host from the pinned Go modules into `directory`. Changes nothing in the checkout. */
export async function buildEngine(directory: string, log: (line: string) => void): Promise<void> {
  for (const part of PARTS) await buildProgram(part, directory, log);
}

/** Builds one program into `directory`, with a line of progress every 15 s. */
export async function buildProgram(part: Part, directory: string, log: (line: string) => void): Promise<void> {
  const startedMs = performance.now();
  const seconds = () => Math.round((performance.now() - startedMs) / 1000);
  log(`building ${part.program} ${part.version} from its Go modules`);
  const ticker = setInterval(() => log(`still building ${part.program}: ${seconds()} s`), 15_000);
  try {
    const stamp = `github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v${part.version}`;
    const flags = ["-mod=readonly", "-trimpath", "-ldflags", `-s -w -X ${stamp}`];
    await go(part, ["build", ...flags, "-o", path.join(directory, part.program), part.command]);
    if (part.script !== undefined) await copyScript(part, part.script, directory);
  } finally {
    clearInterval(ticker);
  }
  log(`built ${part.program} in ${seconds()} s`);
}

async function copyScript(part: Part, { module, file }: NonNullable<Part["script"]>, directory: string): Promise<void> {
  const folder = (await go(part, ["list", "-m", "-f", "{{.Dir}}", module])).trim();
  const target = path.join(directory, path.basename(file));
  fs.copyFileSync(path.join(folder, file), target);
  // Files of the module cache can't be written, nor, here, be executed.
  fs.chmodSync(target, 0o755);
}

/** Runs Go in the folder of the part's module. Answers what it prints. */
function go(part: Part, args: string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn("go", args, {
      cwd: path.join(__dirname, part.module),
      // The user's own Go settings must not change what is built. None may be empty: Go would look into the settings
      // that `go env -w` stored.
      env: {
        ...process.env,
        CGO_ENABLED: "0",
        GOFLAGS: "-mod=readonly",
        GOWORK: "off",
        GO111MODULE: "on",
        // For this machine, whatever GOOS and GOARCH say.
        GOOS: process.platform === "win32" ? "windows" : process.platform,
        GOARCH: process.arch === "x64" ? "amd64" : process.arch,
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    let errors = "";
    child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (errors = (errors + chunk.toString()).slice(-1000)));
    child.on("error", () =>
      reject(
        new Error(
          `Could not build ${part.program}: there is no Go on this machine. ` +
            "Install the Pulumi CLI (3.216 or later) and put it on PATH, or install Go 1.26.6 or later.",
        ),
      ),
    );
    child.on("close", (code) =>
      code === 0
        ? resolve(output)
        : reject(
            new Error(
              `Could not build ${part.program}: go ${args[0]} ended with code ${code}: ${errors.trim().split("\n").slice(-3).join(" ")} ` +
                "Check that Go is 1.26.6 or later and its module proxy can be reached, or put the Pulumi CLI on PATH.",
            ),
          ),
    );
  });
}
