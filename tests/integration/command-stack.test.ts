import { execFileSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { expect } from "chai";
import { OPERATOR } from "../emulator/seeds";
import { engineEnvironment } from "../engine/environment";
import { ensureEngine } from "../engine/ensure";
import { runCommand } from "./command";
import { onPlatform } from "./platform";

const PROJECT = "name: people\nruntime: nodejs\n";

/** The settings of a stack, by the real CLI on a file backend. */
describe("pulumi-wallaroo --stack", function () {
  this.timeout(120_000);
  const { platform, start } = onPlatform();
  let folder: string;
  let env: Record<string, string>;

  const pulumi = (...args: string[]) =>
    execFileSync("pulumi", [...args, "--non-interactive"], { cwd: folder, env: { ...process.env, ...env } });

  before(async () => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), "pulumi-wallaroo-command-"));
    env = engineEnvironment(await ensureEngine({ log: (line) => process.stdout.write(`${line}\n`) }), folder);
    fs.writeFileSync(path.join(folder, "Pulumi.yaml"), PROJECT);
    fs.mkdirSync(path.join(folder, "elsewhere"));
    pulumi("stack", "init", "test");
    const plain = [`wallaroo:username=${OPERATOR.email}`, "wallaroo:protectedEmails[0]=ann@example.com"];
    const secret = [`wallaroo:password=${OPERATOR.password}`, "people:other=Oo-another-secret"];
    const settings = [...plain.flatMap((one) => ["--plaintext", one]), ...secret.flatMap((one) => ["--secret", one])];
    pulumi("config", "set-all", "--path", ...settings);
  });
  after(() => fs.rmSync(folder, { recursive: true, force: true }));

  const whoami = (args: string[], more: NodeJS.ProcessEnv = {}, cwd = folder) =>
    runCommand(["whoami", ...args], { ...env, WALLAROO_MAX_RETRIES: "0", ...more }, cwd);

  for (const [where, args, inside] of [
    ["of the project in this folder", ["--stack", "test"], ""],
    ["of the project in another folder", ["--stack", "test", "--config", ".."], "elsewhere"],
    ["that is selected in the project", ["--config", "."], ""],
  ] as const) {
    it(`takes the settings from the stack ${where}, and what is not there from the environment`, async () => {
      await start();
      const { code, stdout, stderr } = await whoami(
        [...args],
        { WALLAROO_URL: platform().url },
        path.join(folder, inside),
      );
      expect({ code, stderr }).to.deep.equal({ code: 0, stderr: "" });
      expect(stdout).to.match(/^account +operator@example\.com$/m);
    });
  }

  it("lets the stack win over the environment", async () => {
    await start();
    pulumi("config", "set", "wallaroo:url", platform().url);
    const { code } = await whoami(["--stack", "test"], { WALLAROO_URL: "http://127.0.0.1:1", WALLAROO_USER: "nobody" });
    pulumi("config", "rm", "wallaroo:url");
    expect(code).to.equal(0);
  });

  it("names in a hint the key first of what the stack has, and the variable first of what it does not", async () => {
    await start();
    const closed = "http://127.0.0.1:1";
    const { stderr: inherited } = await whoami(["--stack", "test"], { WALLAROO_URL: closed });
    expect(inherited).to.include("Check WALLAROO_URL (wallaroo:url), the network");
    pulumi("config", "set", "wallaroo:url", closed);
    const { stderr: own } = await whoami(["--stack", "test"], { WALLAROO_URL: platform().url });
    pulumi("config", "rm", "wallaroo:url");
    expect(own).to.include("Check wallaroo:url (WALLAROO_URL), the network");
  });

  it("checks the settings of the stack: where they come from, what is none of them, and the seats", async () => {
    await start();
    const settings = { url: platform().url, seatLimit: "1", userName: "ann" };
    const plain = Object.entries(settings).flatMap(([key, value]) => ["--plaintext", `wallaroo:${key}=${value}`]);
    pulumi("config", "set-all", ...plain);
    const { code, stdout } = await runCommand(
      ["check", "--stack", "test"],
      { ...env, WALLAROO_REALM: "master" },
      folder,
    );
    pulumi("config", "rm-all", ...Object.keys(settings).map((key) => `wallaroo:${key}`));
    expect(code).to.equal(0);
    expect(stdout).to.match(/^ok +wallaroo:password +a secret, from the configuration of the stack$/m);
    expect(stdout).to.match(
      /^ok +wallaroo:protectedEmails +\["ann@example.com"\], from the configuration of the stack$/m,
    );
    expect(stdout).to.match(/^ok +wallaroo:realm +master, from WALLAROO_REALM$/m);
    expect(stdout).to.match(/^note +unknown setting +wallaroo:userName .*did you mean wallaroo:username\?$/m);
    expect(stdout).to.match(
      /^note +seats +1 active account takes a seat, .*limit is 1$\n +One more active account would be refused\. /im,
    );
    expect(stdout).to.not.include(OPERATOR.password).and.not.include("Oo-another-secret");
  });

  const failures: [name: string, args: string[], env: NodeJS.ProcessEnv, words: RegExp][] = [
    [
      "there is no such stack",
      ["--stack", "prod"],
      {},
      /^Could not read the configuration of stack prod: .*no stack named 'prod'/,
    ],
    [
      "the passphrase is wrong",
      ["--stack", "test"],
      { PULUMI_CONFIG_PASSPHRASE: "Ww-a-wrong-one" },
      /incorrect passphrase/,
    ],
    [
      "there is no passphrase",
      ["--stack", "test"],
      { PULUMI_CONFIG_PASSPHRASE: undefined },
      /PULUMI_CONFIG_PASSPHRASE/,
    ],
    [
      "there is no Pulumi CLI",
      ["--stack", "test"],
      { PATH: "/nowhere" },
      /pulumi can't be started \(ENOENT\)\. Install the/,
    ],
    ["there is no such folder", ["--stack", "test", "--config", "nowhere"], {}, /there is no folder nowhere/],
    ["there is no project in the folder", ["--stack", "test", "--config", os.tmpdir()], {}, /Pulumi\.yaml/],
    ["the settings are not complete", ["--stack", "test"], {}, /wallaroo:url \(WALLAROO_URL\) is missing/],
  ];
  for (const [name, args, more, words] of failures) {
    it(`ends with 1 and the reason when ${name}`, async () => {
      const { code, stdout, stderr } = await whoami(args, more);
      expect({ code, stdout }).to.deep.equal({ code: 1, stdout: "" });
      expect(stderr).to.match(words);
      expect(stderr).to.not.match(/^ +at /m);
      for (const secret of [OPERATOR.password, "Oo-another-secret", "Ww-a-wrong-one", env["PULUMI_CONFIG_PASSPHRASE"]])
        expect(stderr).to.not.include(secret);
    });
  }
});
