import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { parse } from "csv-parse/sync";
import { expect } from "chai";
import type { Report } from "../../provider/cli/report/collect";
import { OPERATOR } from "../emulator/seeds";
import { operatorOf, runCommand } from "./command";
import { onPlatform } from "./platform";

const DAY_MS = 24 * 3600 * 1000;

describe("pulumi-wallaroo report", () => {
  const { platform, start, writes } = onPlatform();
  let folder: string;
  beforeEach(() => void (folder = fs.mkdtempSync(path.join(os.tmpdir(), "pulumi-wallaroo-report-"))));
  afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

  const report = (...args: string[]) => runCommand(["report", ...args], operatorOf(platform()), folder);
  const entries = async (...args: string[]) => {
    const { code, stdout, stderr } = await report("--json", ...args);
    expect(code, stderr).to.equal(0);
    const { accounts, notes } = JSON.parse(stdout) as Report;
    return { notes, find: (name: string) => accounts.find(({ username }) => username === name), accounts };
  };

  /** Four accounts: one that signed in long ago, one that is deactivated, one that came today, one that is linked. */
  async function people() {
    const now = { ms: Date.now() - 100 * DAY_MS };
    await start({ now: () => now.ms });
    await platform().addUser({ email: "ann@example.com", admin: true, createdTimestamp: now.ms });
    await platform().login("ann@example.com");
    await platform().addUser({ email: "bob@example.com", enabled: false, createdTimestamp: now.ms });
    now.ms += 100 * DAY_MS;
    await platform().addUser({ email: "cleo@example.com", createdTimestamp: now.ms });
    const federatedIdentities = [{ identityProvider: "okta", userId: "x", userName: "dan" }];
    await platform().addUser({ email: "dan@example.com", createdTimestamp: now.ms - 60 * DAY_MS, federatedIdentities });
  }

  it("lists every account with its access, by reads alone", async () => {
    await people();
    await platform().addWorkspace("churn", { owners: ["ann@example.com"], collaborators: ["dan@example.com"] });
    const { find, accounts, notes } = await entries("--idle", "90");
    expect(accounts.map(({ username }) => username)).to.deep.equal([
      "admin",
      "ann@example.com",
      "bob@example.com",
      "cleo@example.com",
      "dan@example.com",
      OPERATOR.email,
    ]);
    expect(find("ann@example.com")).to.deep.include({
      active: true,
      administrator: true,
      idle: true,
      federated: [],
      workspaces: [{ workspace: "churn", role: "OWNER" }],
    });
    expect(find("ann@example.com")?.lastSignIn).to.match(/^\d{4}-\d\d-\d\dT/);
    expect(find("bob@example.com")).to.deep.include({
      active: false,
      administrator: false,
      idle: false,
      lastSignIn: null,
    });
    expect(find("cleo@example.com")).to.deep.include({ idle: false, lastSignIn: null, workspaces: [] });
    const workspaces = [{ workspace: "churn", role: "COLLABORATOR" }];
    expect(find("dan@example.com")).to.deep.include({ idle: false, federated: ["okta"], workspaces });
    expect(find("dan@example.com")).to.not.have.any.keys("managed", "expires");
    expect(notes).to.deep.equal(["Workspaces are those that the account of these settings sees."]);
    expect(writes()).to.deep.equal([]);
    expect(platform().requests("workspaces/validate")).to.deep.equal([]);
  });

  it("counts an account that never signed in as idle once it is old enough itself", async () => {
    await people();
    expect((await entries("--idle", "59")).find("dan@example.com")).to.include({ idle: true });
    expect((await entries("--idle", "61")).find("dan@example.com")).to.include({ idle: false });
  });

  it("asks once for all accounts, once for their identities, and once per workspace", async () => {
    await people();
    await platform().addWorkspace("churn", { owners: ["ann@example.com"] });
    await platform().addWorkspace("fraud", { owners: ["ann@example.com"] });
    platform().clearLog();
    await entries();
    expect(platform().log.map(({ call }) => call)).to.deep.equal([
      ...["token", "query", "query", "workspaces/list", "workspaces/list_users", "workspaces/list_users"],
    ]);
    platform().clearLog();
    expect((await entries("--no-workspaces")).find("ann@example.com")).to.not.have.property("workspaces");
    expect(platform().log.map(({ call }) => call)).to.deep.equal(["token", "query", "query"]);
  });

  it("says what stacks manage, by the exports that are given", async () => {
    await people();
    const id = (await platform().findByEmail("ann@example.com"))?.id;
    const type = "pulumi-nodejs:dynamic/wallaroo:User";
    const user = (name: string, of: string | undefined, email: string) => ({
      urn: `urn:pulumi:prod::people::${type}::${name}`,
      type,
      id: of,
      outputs: { email, expires: "2026-12-31" },
    });
    const write = (file: string, ...resources: object[]) =>
      fs.writeFileSync(path.join(folder, file), JSON.stringify({ deployment: { resources } }));
    write("one.json", user("ann", id, "ann@example.com"));
    write("two.json", user("ann-again", id, "ann@example.com"), user("eve", "gone", "eve@example.com"));
    const { find, notes } = await entries("--stack-export", "one.json", "two.json");
    expect(find("ann@example.com")).to.deep.include({
      managed: ["people/prod: ann", "people/prod: ann-again"],
      expires: "2026-12-31",
    });
    expect(find("bob@example.com")).to.deep.include({ managed: [] });
    expect(notes).to.include(
      "The platform does not list accounts that stacks manage: eve@example.com (people/prod: eve).",
    );
  });

  for (const [format, beginning] of [
    ["csv", "email,username,"],
    ["md", "# Access to Wallaroo\n"],
    ["html", "<!doctype html>\n"],
  ] as const) {
    it(`writes ${format} to a file, by --format or by its name, and prints the same without one`, async () => {
      await people();
      expect(await report("--out", `by-name.${format}`)).to.include({ code: 0, stdout: "" });
      await report("--format", format, "--out", "by-option");
      const printed = (await report("--format", format)).stdout;
      const read = (file: string) => fs.readFileSync(path.join(folder, file), "utf8");
      const timeless = (text: string) => text.replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "TIME");
      expect(printed.startsWith(beginning), printed.slice(0, 40)).to.equal(true);
      expect(printed).to.include("ann@example.com");
      for (const file of [`by-name.${format}`, "by-option"]) expect(timeless(read(file))).to.equal(timeless(printed));
      expect(fs.readdirSync(folder).sort()).to.deep.equal(["by-name." + format, "by-option"].sort());
    });
  }

  it("shows what changed since an earlier report, ends with 2 then, and writes the new one", async () => {
    await people();
    await report("--out", "old.csv");
    const same = await report("--since", "old.csv");
    expect(same).to.include({ code: 0, stdout: "" });
    await platform().setEnabled("bob@example.com", true);
    await platform().makeAdmin("cleo@example.com", true);
    await platform().remove("dan@example.com");
    await platform().addUser({ email: "eve@example.com" });
    await platform().login("ann@example.com");
    const { code, stdout } = await report("--since", "old.csv", "--out", "new.csv");
    expect(code).to.equal(2);
    expect(stdout.trimEnd().split("\n")).to.deep.equal([
      "changed bob@example.com: active no -> yes",
      "changed cleo@example.com: administrator no -> yes",
      "added eve@example.com",
      "removed dan@example.com",
    ]);
    expect(parse(fs.readFileSync(path.join(folder, "new.csv"), "utf8"))).to.have.length(7);
    expect(await report("--since", "new.csv")).to.include({ code: 0, stdout: "" });
    const changes = JSON.parse((await report("--since", "old.csv", "--json")).stdout) as { what: string }[];
    expect(changes.map(({ what }) => what)).to.deep.equal(["changed", "changed", "added", "removed"]);
  });

  describe("that can't be complete", () => {
    /** Ends with 1, prints nothing, and leaves an earlier file as it was. */
    async function fails(words: RegExp, ...args: string[]) {
      fs.writeFileSync(path.join(folder, "report.csv"), "the earlier one");
      const { code, stdout, stderr } = await report("--out", "report.csv", ...args);
      expect({ code, stdout }).to.deep.equal({ code: 1, stdout: "" });
      expect(stderr).to.match(words);
      expect(fs.readFileSync(path.join(folder, "report.csv"), "utf8")).to.equal("the earlier one");
    }

    it("is not made when the list lacks the account that asks for it", async () => {
      await people();
      const [first] = await platform().people();
      const body = { users: { [first?.id ?? ""]: first } };
      platform().misbehave({ on: "query", when: "after", times: 9, what: { body } });
      await fails(/lists all accounts without the one that this provider runs as/);
    });

    it("is not made when the identities of an account are not answered", async () => {
      await people();
      platform().misbehave({ on: "query", nth: 2, when: "after", what: { body: { users: {} } } });
      await fails(/does not know them by their ids/);
    });

    for (const call of ["workspaces/list", "workspaces/list_users"] as const) {
      it(`is not made when ${call} fails`, async () => {
        await people();
        await platform().addWorkspace("churn", { owners: ["ann@example.com"] });
        await platform().addWorkspace("fraud", { owners: ["ann@example.com"] });
        platform().misbehave({ on: call, when: "before", what: { status: 500 } });
        await fails(/\(HTTP 500\)/);
      });
    }

    it("is not made for an account that may not list accounts", async () => {
      await people();
      platform().misbehave({
        on: "query",
        when: "before",
        what: { status: 403, body: { msg: "Forbidden", code: 403 } },
      });
      await fails(/Could not query all accounts: Forbidden \(HTTP 403\)/);
    });

    it("is not made with --idle where the release shows no sign-ins", async () => {
      await start({ release: "2022" });
      await fails(/does not show when accounts signed in\. Leave --idle out/, "--idle", "90");
    });

    it("is not made when a file that is given can't be read, and nothing is asked then", async () => {
      await people();
      platform().clearLog();
      await fails(
        /Could not read nothing\.json: there is no such file in .*`pulumi stack export --file FILE`/,
        "--stack-export",
        "nothing.json",
      );
      await fails(
        /Could not read nothing\.csv: there is no such file in .*`pulumi-wallaroo report --format csv --out FILE`/,
        "--since",
        "nothing.csv",
      );
      await fails(/It must be a number of days/, "--idle", "soon");
      expect(platform().log).to.deep.equal([]);
    });
  });

  it("says what a release without roles, sign-ins and workspaces does not tell", async () => {
    await start({ release: "2022", workspacesStatus: 404 });
    const { accounts, notes } = await entries();
    expect(accounts[0]).to.not.have.any.keys("administrator", "lastSignIn", "federated", "workspaces");
    expect(notes).to.deep.equal([
      "This release has no workspace endpoints, so that memberships are not shown.",
      "This release does not show when accounts signed in.",
      "This release does not show who is an administrator.",
    ]);
  });
});
