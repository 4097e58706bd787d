// Brings the accounts up from a program of its own, as a portal or a chat bot would: node bring-up.mjs STACK ADDRESS...
// The Pulumi program is the folder, so that it runs in a process of its own with a provider of its own.
import * as automation from "@pulumi/pulumi/automation/index.js";

const [stackName, ...members] = process.argv.slice(2);
if (stackName === undefined || members.length === 0) {
  console.error("Usage: node bring-up.mjs STACK ADDRESS...");
  process.exit(1);
}

const stack = await automation.LocalWorkspace.createOrSelectStack({ stackName, workDir: import.meta.dirname });
await stack.setConfig("members", { value: JSON.stringify(members) });

try {
  const toStderr = { onOutput: (text) => process.stderr.write(text), color: "never" };
  // A refusal, such as an active account that nothing adopts, ends the preview, and nothing is sent.
  await stack.preview(toStderr);
  await stack.up(toStderr);
  const { ids, initialPasswords } = await stack.outputs();
  // The passwords are a secret output: hand them over by a channel for secrets, and print only the addresses.
  console.log(JSON.stringify({ ids: ids.value, invited: Object.keys(initialPasswords.value) }));
} catch (error) {
  // The output above has the message in full.
  console.error(error instanceof automation.CommandError ? "Not brought up: see above." : error.message);
  process.exitCode = 1;
}
