import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { expect } from "chai";
import type { Finding } from "../../provider/cli/looks";
import { operatorOf, runCommand } from "./command";
import { onPlatform } from "./platform";

/** A command without a stack has its settings from the environment, or from the file that it names. */
describe("a hint of the command", () => {
  const { platform, start } = onPlatform();
  beforeEach(() => start());

  for (const args of [["whoami"], ["export", "--to", "yaml"], ["report"], ["login", "--print"]]) {
    it(`names the variable first that the value comes from: ${args.join(" ")}`, async () => {
      const env = { ...operatorOf(platform()), WALLAROO_URL: "http://127.0.0.1:1" };
      const { code, stderr } = await runCommand(args, env);
      expect(code).to.equal(1);
      expect(stderr).to.include("Check WALLAROO_URL (wallaroo:url), the network").and.not.include("(WALLAROO_URL)");
    });
  }

  it("names the variable first in findings of check", async () => {
    const env = { ...operatorOf(platform()), WALLAROO_PASSWORD: "wrong-one", WALLAROO_END_SESSIONS: "off" };
    const { stdout } = await runCommand(["check", "--json"], env);
    const findings = JSON.parse(stdout) as Finding[];
    expect(findings.find(({ id }) => id === "sign-in")?.next).to.match(
      /^Check WALLAROO_USER \(wallaroo:username\) and WALLAROO_PASSWORD \(wallaroo:password\)\. /,
    );
    const { stdout: well } = await runCommand(["check"], { ...env, ...operatorOf(platform()) });
    expect(well).to.include("as WALLAROO_END_SESSIONS (wallaroo:endSessions) is off");
  });

  it("names the file that the credentials come from", async () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "pulumi-wallaroo-file-"));
    try {
      const file = path.join(folder, "credentials.json");
      fs.writeFileSync(file, JSON.stringify({ username: "operator@example.com", password: "wrong-one" }));
      const { WALLAROO_PASSWORD: _password, ...env } = operatorOf(platform());
      const { stderr } = await runCommand(["whoami"], { ...env, WALLAROO_SDK_CREDENTIALS: file });
      expect(stderr).to.include("Check the file that WALLAROO_SDK_CREDENTIALS names.").and.not.include("wrong-one");
    } finally {
      fs.rmSync(folder, { recursive: true, force: true });
    }
  });
});
