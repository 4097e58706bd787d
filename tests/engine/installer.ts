// Run as a process of its own by install.ts: `installer.ts VERSION FOLDER`.
import { PulumiCommand } from "@pulumi/pulumi/automation";
import { SemVer } from "semver";

const [version = "", root = ""] = process.argv.slice(2);
PulumiCommand.install({ version: new SemVer(version), root }).then(
  () => process.exit(0),
  () => process.exit(1),
);
