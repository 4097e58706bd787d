// `npm run picture` writes docs/run.svg: what a user sees, from the output of the real engine on an emulated platform.
import { execFile } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { OPERATOR } from "../emulator/seeds";
import { startPlatform } from "../emulator/platform";
import { ensureEngine } from "../engine/ensure";
import { engineEnvironment, linkCheckout, platformEnvironment } from "../engine/environment";
import { ROOT } from "../markdown";
import { renderTerminal } from "./svg";

const run = promisify(execFile);
const PROGRAM = `
const { WallarooUser } = require("pulumi-wallaroo");
const ann = new WallarooUser("ann", { email: "ann@example.com" });
new WallarooUser("bob", { email: "bob@example.com" });
exports.annPassword = ann.initialPassword;
`;

async function main(): Promise<void> {
  const engine = await ensureEngine();
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "pulumi-wallaroo-picture-"));
  const platform = await startPlatform();
  try {
    fs.writeFileSync(path.join(folder, "package.json"), "{}");
    fs.writeFileSync(path.join(folder, "index.js"), PROGRAM);
    fs.writeFileSync(path.join(folder, "Pulumi.yaml"), "name: people\nruntime: nodejs\nmain: index.js\n");
    linkCheckout(folder);
    const env = { ...process.env, ...engineEnvironment(engine, folder), ...platformEnvironment(platform, OPERATOR) };
    const pulumi = async (...args: string[]) => {
      const all = [...args, "--non-interactive", "--color", "always"];
      // An error that is meant to be shown is in the output, too.
      const { stdout } = await run("pulumi", all, { cwd: folder, env }).catch((error: { stdout: string }) => error);
      return stdout;
    };
    await pulumi("stack", "init", "dev");
    const shown: string[] = [];
    const show = async (command: string, ...args: string[]) => {
      const output = await pulumi(command, ...args, "--yes", "--skip-preview");
      shown.push(`\u001b[1m$ pulumi ${command}\u001b[0m`, ...tidied(output), "");
    };
    await platform.addUser({ email: "bob@example.com" });
    await show("up");
    fs.writeFileSync(path.join(folder, "index.js"), PROGRAM.replace('"bob@example.com"', "$&, adopt: true"));
    await show("up");
    await platform.setEnabled("ann@example.com", false);
    shown.push("\u001b[1m# An administrator deactivates ann@example.com by hand.\u001b[0m");
    await show("refresh");
    await show("up");
    const title =
      "pulumi up refuses an active account, then adopts it; refresh shows a change by hand, and up repairs it";
    fs.writeFileSync(path.join(ROOT, "docs/run.svg"), renderTerminal(shown.join("\n"), title));
  } finally {
    await platform.close();
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

/** What a terminal leaves standing: no progress, no step that has only begun, and no message beside a step, as it comes again below. */
function tidied(output: string): string[] {
  const isPassing = (line: string) =>
    /^\s*$|^(@ |Duration|Updating|Refreshing)| (creating|updating|refreshing|running) /.test(line) ||
    (/^ {4}pulumi(-nodejs)?:/.test(line) && !line.includes("failed"));
  // eslint-disable-next-line no-control-regex
  return output.split("\n").filter((line) => !isPassing(line.replace(/\u001b\[[\d;]*m/g, "")));
}

void main();
