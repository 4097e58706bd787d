// `npm run demo`: the main job on an emulated platform, with the real engine and its own output.
import { spawn } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { ensureEngine } from "../engine/ensure";
import { engineEnvironment, linkCheckout, platformEnvironment } from "../engine/environment";
import { startPlatform, type Platform } from "../emulator/platform";
import { OPERATOR } from "../emulator/seeds";

const PROGRAM = path.join(__dirname, "demo-program");
const ADDRESSES = ["ann@example.com", "bob@example.com", "team-lead@example.com", "zoe@example.com"] as const;

type Expected = Partial<Record<(typeof ADDRESSES)[number], "active" | "deactivated">>;

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

/** Runs the CLI, which has to refuse with these words. Raises when it does not. */
async function refused(args: string[], words: string, env: NodeJS.ProcessEnv, cwd: string): Promise<void> {
  say(`pulumi ${args.join(" ")}`);
  const child = spawn("pulumi", [...args, "--non-interactive"], { env, cwd, stdio: ["ignore", "pipe", "inherit"] });
  let printed = "";
  child.stdout.on("data", (data: Buffer) => {
    printed += data.toString();
    process.stdout.write(data);
  });
  const [code] = (await once(child, "close")) as [number | null];
  if (code === 0 || !printed.includes(words)) throw new Error(`pulumi ${args.join(" ")} did not refuse: ${words}`);
}

/** Says what the platform holds of the demo's accounts, and raises when that is not what the step promised. */
async function check(platform: Platform, expected: Expected, invites: number): Promise<void> {
  const found: string[] = [];
  for (const email of ADDRESSES) {
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
    const refuses = (words: string, ...args: string[]) => refused(args, words, env, folder);
    const set = (...args: string[]) => run("config", "set", ...args);
    say(`an emulated platform, with the accounts of the public guide of 2024, listens on ${platform.url}`);
    await pulumi(["stack", "init", "demo"], env, folder, true);
    const zoe: Expected = { "zoe@example.com": "active" };
    await platform.addUser({ email: "zoe@example.com" });

    say("1. Three users are declared: one active, one deactivated, one with an address that only `up` will know.");
    await run("preview");
    await check(platform, zoe, 0);
    await run("up", "--yes", "--skip-preview");
    const declared: Expected = {
      ...zoe,
      "ann@example.com": "active",
      "bob@example.com": "deactivated",
      "team-lead@example.com": "active",
    };
    await check(platform, declared, 3);

    say("2. Nothing changes, so nothing is sent.");
    await run("preview", "--expect-no-changes");
    await check(platform, declared, 3);

    say("3. An administrator deactivates ann@example.com by hand. Refresh shows it, and up repairs it.");
    await platform.setEnabled("ann@example.com", false);
    await run("refresh", "--yes", "--skip-preview", "--diff");
    await check(platform, { ...declared, "ann@example.com": "deactivated" }, 3);
    await run("up", "--yes", "--skip-preview", "--diff");
    await check(platform, declared, 3);

    say(
      "4. zoe@example.com was there before. An active account is refused, in preview already, and no second invite is sent.",
    );
    await set("zoe", "declared");
    await refuses("an active account of this address is there already", "preview");
    await check(platform, declared, 3);

    say("5. With adopt: true it is taken over as it is.");
    await set("zoe", "adopted");
    await run("up", "--yes", "--skip-preview");
    await check(platform, declared, 3);

    say("6. A guard: the account that the provider itself runs as can't be deactivated.");
    await set("self", OPERATOR.email);
    await refuses("it is the account that this provider runs as", "preview");
    await run("config", "rm", "self");

    say("7. Destroy deactivates the accounts that this stack invited, and leaves zoe@example.com as it was found.");
    await run("destroy", "--yes", "--skip-preview");
    const left = "deactivated";
    const after: Expected = { ...zoe, "ann@example.com": left, "bob@example.com": left, "team-lead@example.com": left };
    await check(platform, after, 3);
    say("done: no account was deleted, none was invited twice, and nothing is left behind");
  } finally {
    await platform.close();
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

main().catch((error: Error) => {
  process.stderr.write(`\nThe demo did not do what it says: ${error.message}\n`);
  process.exitCode = 1;
});
