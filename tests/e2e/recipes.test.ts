import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { expect } from "chai";
import { startPlatform, type Platform } from "../emulator/platform";
import { ensureEngine } from "../engine/ensure";
import { engineEnvironment, linkCheckout, platformEnvironment } from "../engine/environment";
import { ROOT, run } from "./consumer";
import { CI } from "./stack";

/** A folder of `examples/`, copied out of the checkout, with the commands that its README gives. */
describe("the recipes", function () {
  this.timeout(240_000);
  let platform: Platform;
  let folder: string;
  let env: NodeJS.ProcessEnv;
  beforeEach(async () => {
    folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "pulumi-wallaroo-recipe-")));
    platform = await startPlatform();
    await platform.addUser({ ...CI, admin: true });
    env = {
      ...process.env,
      ...engineEnvironment(await ensureEngine(), folder),
      ...platformEnvironment(platform, CI),
      // Their types are checked with those of the checkout.
      PULUMI_NODEJS_TRANSPILE_ONLY: "true",
    };
  });
  afterEach(async () => {
    await platform.close();
    fs.rmSync(folder, { recursive: true, force: true });
  });

  function copy(name: string): void {
    fs.cpSync(path.join(ROOT, "examples", name), folder, {
      recursive: true,
      filter: (file) => !/^Pulumi\..+\.yaml$/.test(path.basename(file)),
    });
    linkCheckout(folder);
  }

  async function command(file: string, args: string[], cwd = ".", more: NodeJS.ProcessEnv = {}) {
    const options = { cwd: path.join(folder, cwd), env: { ...env, ...more } };
    try {
      return { code: 0, ...(await run(file, args, options)) };
    } catch (error) {
      return error as { code: number; stdout: string; stderr: string };
    }
  }

  async function pulumi(args: string[], cwd?: string, more?: NodeJS.ProcessEnv): Promise<string> {
    const { code, stdout, stderr } = await command("pulumi", [...args, "--non-interactive"], cwd, more);
    if (code !== 0) throw new Error(`pulumi ${args.join(" ")}: ${stdout}${stderr}`);
    return stdout;
  }

  const up = (cwd?: string, more?: NodeJS.ProcessEnv) => pulumi(["up", "--yes", "--skip-preview"], cwd, more);

  it("deactivate a contractor after the last day, and activate one whose contract is longer", async () => {
    copy("contractors");
    await pulumi(["stack", "init", "dev"]);
    await pulumi(["config", "set", "--path", "contracts.audit.lastDay", "2999-03-31"]);
    await pulumi(["config", "set", "--path", "contracts.audit.members[0]", "ann@example.com"]);
    await up();
    await pulumi(["config", "set", "--path", "contracts.audit.lastDay", "2001-03-31"]);
    await up();
    expect(platform.written()).to.deep.equal(["invite ann@example.com", "deactivate ann@example.com"]);
    await pulumi(["preview", "--expect-no-changes"]);
    await pulumi(["config", "set", "--path", "contracts.audit.lastDay", "2999-12-31"]);
    await up();
    expect(platform.written().at(-1)).to.equal("activate ann@example.com");
  });

  it("deactivate a leaver, and refuse a list that was cut", async () => {
    copy("offboarding");
    await pulumi(["stack", "init", "dev"]);
    for (const [index, name] of ["ann", "bob", "cleo"].entries()) {
      await pulumi(["config", "set", "--path", `staff[${index}]`, `${name}@example.com`]);
    }
    await up();
    await pulumi(["config", "rm", "--path", "staff[2]"]);
    await pulumi(["config", "set", "--path", "leavers[0]", "cleo@example.com"]);
    await pulumi(["preview", "--diff"]);
    await up();
    await pulumi(["refresh", "--preview-only", "--expect-no-changes"]);
    expect(platform.written().slice(3)).to.deep.equal(["deactivate cleo@example.com"]);
    await pulumi(["config", "set", "staff", "[]"]);
    const { code, stdout } = await command("pulumi", ["preview", "--non-interactive"]);
    expect(code).to.not.equal(0);
    expect(stdout).to.contain("maxDepartures");
    expect(platform.written()).to.have.length(4);
  });

  it("tell drift from a platform that is as declared, and from one that can't be looked at", async () => {
    copy("drift");
    await pulumi(["stack", "init", "dev"]);
    await pulumi(["config", "set", "--path", "members[0]", "ann@example.com"]);
    await up();
    const asDeclared = await command("node", ["drift.mjs", "dev"]);
    expect(asDeclared).to.include({ code: 0, stdout: "dev: as declared\n" });

    await platform.setEnabled("ann@example.com", false);
    const written = platform.written().length;
    const drifted = await command("node", ["drift.mjs", "dev"]);
    expect(drifted).to.include({ code: 2, stdout: "dev: changed by hand\n" });
    const comment = fs.readFileSync(path.join(folder, "drift.md"), "utf8");
    expect(comment).to.contain("ann@example.com").and.to.contain("enabled");
    expect(comment).to.not.contain(CI.password);
    expect(platform.written()).to.have.length(written);

    const unlooked = await command("node", ["drift.mjs", "dev"], ".", { WALLAROO_PASSWORD: "wrong" });
    expect(unlooked).to.include({ code: 1, stdout: "dev: could not be looked at\n" });
  });

  it("bring accounts up by the Automation API, and print no password", async () => {
    copy("automation");
    const { code, stdout, stderr } = await command("node", ["bring-up.mjs", "dev", "ann@example.com"]);
    expect(code, stderr).to.equal(0);
    const answer = JSON.parse(stdout) as { ids: Record<string, string>; invited: string[] };
    expect(answer.invited).to.deep.equal(["ann@example.com"]);
    expect(answer.ids).to.have.property("ann@example.com");
    expect(platform.written()).to.deep.equal(["invite ann@example.com"]);

    await platform.addUser({ email: "bob@example.com" });
    const refused = await command("node", ["bring-up.mjs", "dev", "ann@example.com", "bob@example.com"]);
    expect(refused.code).to.equal(1);
    expect(refused.stderr).to.contain("adopt: true");
    expect(platform.written()).to.have.length(1);
  });

  it("join a platform stack and an accounts stack by a reference, and keep its password secret", async () => {
    copy("stacks");
    // Nothing but the reference leads to the platform.
    const none = { WALLAROO_URL: "", WALLAROO_USER: "", WALLAROO_PASSWORD: "" };
    await pulumi(["stack", "init", "dev"], "platform");
    await pulumi(["config", "set", "url", platform.url], "platform");
    await pulumi(["config", "set", "operator", CI.email], "platform");
    await pulumi(["config", "set", "--secret", "operatorPassword", CI.password], "platform");
    await up("platform", none);
    await pulumi(["stack", "init", "dev"], "accounts");
    await pulumi(["config", "set", "platformStack", "organization/wallaroo-platform/dev"], "accounts");
    await pulumi(["config", "set", "--path", "members[0]", "ann@example.com"], "accounts");
    await up("accounts", none);
    expect(platform.written()).to.deep.equal(["invite ann@example.com"]);
    await pulumi(["preview", "--expect-no-changes"], "accounts", none);
    expect(await pulumi(["stack", "export"], "accounts")).to.not.contain(CI.password);
  });

  it("adopt a running platform: export, review, up, drift check, and not one write", async () => {
    copy("adopt");
    await platform.addUser({ email: "ann@example.com", admin: true });
    await platform.addUser({ email: "bob@example.com", enabled: false });
    await pulumi(["stack", "init", "dev"]);
    const wallaroo = path.join(folder, "node_modules/pulumi-wallaroo/dist/bundle/command.js");
    const checked = await command("node", [wallaroo, "check"]);
    expect(checked.code, checked.stdout + checked.stderr).to.equal(0);
    const exported = await command("node", [wallaroo, "export", "--to", "roster", "--out", "accounts.yaml"]);
    expect(exported.code, exported.stderr).to.equal(0);
    expect(await pulumi(["preview"])).to.contain("ann@example.com");
    await up();
    await pulumi(["preview", "--expect-no-changes"]);
    await pulumi(["refresh", "--preview-only", "--expect-no-changes"]);
    expect(platform.written()).to.deep.equal([]);

    fs.appendFileSync(path.join(folder, "accounts.yaml"), "cleo@example.com: {}\n");
    await up();
    expect(platform.written()).to.deep.equal(["invite cleo@example.com"]);
  });
});
