// Looks for drift and changes nothing. Writes what it found to drift.md, for a comment or a chat message.
// Exit codes: 0 as declared, 2 changed by hand, 1 could not look.
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";

const [stack] = process.argv.slice(2);
if (stack === undefined) {
  console.error("Usage: node drift.mjs STACK");
  process.exit(1);
}

const { status, stdout, stderr, error } = spawnSync(
  "pulumi",
  [
    "refresh",
    "--preview-only",
    "--expect-no-changes",
    "--diff",
    "--non-interactive",
    "--color=never",
    "--stack",
    stack,
  ],
  {
    encoding: "utf8",
    maxBuffer: 64 * 2 ** 20,
    // The provider refuses every write, whatever the program says.
    env: { ...process.env, WALLAROO_READ_ONLY: "true" },
  },
);
const output = `${stdout ?? ""}${stderr ?? ""}`;
const isDrift = status !== 0 && output.includes("no changes were expected");
const [heading, code] =
  status === 0 ? ["as declared", 0] : isDrift ? ["changed by hand", 2] : ["could not be looked at", 1];

const details = status === 0 ? "" : `\n\`\`\`text\n${(error?.message ?? output).trim()}\n\`\`\`\n`;
writeFileSync("drift.md", `### Wallaroo accounts of \`${stack}\`: ${heading}\n${details}`);
console.log(`${stack}: ${heading}`);
process.exit(code);
