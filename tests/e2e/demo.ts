// `npm run demo`: the main job on an emulated platform, with the real engine and its own output.
import { spawn } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { ensureEngine } from "../engine/ensure";
import { engineEnvironment, linkCheckout, platformEnvironment } from "../engine/environment";
import { startPlatform, type Platform } from "../emulator/platform";
import { OPERATOR } from "../emulator/seeds";

const PROGRAM = path.join(__dirname, "demo-program");
const PEOPLE = ["ann@example.com", "bob@example.com", "team-lead@example.com"] as const;

type Expected = Partial<Record<(typeof PEOPLE)[number], "active" | "deactivated">>;

function say(text: string): void {
  process.stdout.write(`\n\u203a ${text}\n`);
}

/** Runs the CLI with its own output. Raises when it fails. */
function pulumi(args: string[], env: NodeJS.ProcessEnv, cwd: string, isQuiet = false): Promise<void> {
  if (!isQuiet) say(`pulumi ${args.join(" ")}`);
  return new Promise((resolve, reject) => {
    const output = isQuiet ? "ignore" : "inherit";
    const child = spawn("pulumi", [...args, "--non-interactive"], { env, cwd, stdio: ["ignore", output, output] });
    child.on("error", reject);
    child.on("exit", (code) =>
      code === 0 ? resolve() : reject(new Error(`pulumi ${args.join(" ")} ended with code ${code}`)),
    );
  });
}

/** Says what the platform holds of the demo's accounts, and raises when that is not what the step promised. */
async function check(platform: Platform, expected: Expected, invites: number): Promise<void> {
  const found: string[] = [];
  for (const email of PEOPLE) {
    const user = await platform.findByEmail(email);
    const now = user === undefined ? undefined : user.enabled ? "active" : "deactivated";
    found.push(`${email} ${now ?? "not there"}`);
    if (now !== expected[email])
      throw new Error(`${email} is ${now ?? "not there"}, and should be ${expected[email] ?? "not there"}`);
  }
  const sent = platform.requests("invite").length;
  say(`the platform holds: ${found.join(", ")}; invites sent so far: ${sent}`);
  if (sent !== invites) throw new Error(`${sent} invites were sent, and it should be ${invites}`);
}

async function main(): Promise<void> {
  const engine = await ensureEngine({ log: say });
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "pulumi-wallaroo-demo-"));
  const platform = await startPlatform({ seed: "guide-2024" });
  try {
    // A program folder as a user has one: the package and Pulumi in its node_modules.
    fs.cpSync(PROGRAM, folder, { recursive: true });
    fs.writeFileSync(path.join(folder, "package.json"), JSON.stringify({ name: "demo", private: true }));
    linkCheckout(folder);
    const env = { ...process.env, ...engineEnvironment(engine, folder), ...platformEnvironment(platform, OPERATOR) };
    const run = (...args: string[]) => pulumi(args, env, folder);
    say(`an emulated platform with the people of the 2024 guide listens on ${platform.url}`);
    await pulumi(["stack", "init", "demo"], env, folder, true);

    await run("preview");
    await check(platform, {}, 0);
    await run("up", "--yes", "--skip-preview");
    const declared: Expected = {
      "ann@example.com": "active",
      "bob@example.com": "deactivated",
      "team-lead@example.com": "active",
    };
    await check(platform, declared, 3);
    await run("preview", "--expect-no-changes");
    await check(platform, declared, 3);

    say("somebody deactivates ann@example.com by hand");
    await platform.setEnabled("ann@example.com", false);
    await run("refresh", "--yes", "--skip-preview", "--diff");
    await check(platform, { ...declared, "ann@example.com": "deactivated" }, 3);
    await run("up", "--yes", "--skip-preview", "--diff");
    await check(platform, declared, 3);

    await run("destroy", "--yes", "--skip-preview");
    await check(
      platform,
      { "ann@example.com": "deactivated", "bob@example.com": "deactivated", "team-lead@example.com": "deactivated" },
      3,
    );
    say("done: nobody was deleted, nobody was invited twice, and nothing is left behind");
  } finally {
    await platform.close();
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

main().catch((error: Error) => {
  process.stderr.write(`\nThe demo did not do what it says: ${error.message}\n`);
  process.exitCode = 1;
});
