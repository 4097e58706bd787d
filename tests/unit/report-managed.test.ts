import fs from "node:fs";
import path from "node:path";
import { expect } from "chai";
import { readStackExport } from "../../provider/cli/report/managed";

const SECRET = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", ciphertext: "v1:xyz" };
const ids = { "ann@example.com": "1", "bob@example.com": "2" };

function exported(...resources: object[]): string {
  return JSON.stringify({ version: 3, deployment: { resources } });
}

function resource(type: string, name: string, others: object): object {
  return { urn: `urn:pulumi:prod::people::${type}::${name}`, type, custom: true, ...others };
}

const USER = "pulumi-nodejs:dynamic/wallaroo:User";
const TEAM = "pulumi-nodejs:dynamic/wallaroo:Team";

describe("what a stack manages", () => {
  it("are its users and the members of its teams, of either provider", () => {
    const text = exported(
      resource("pulumi:pulumi:Stack", "people-prod", {}),
      resource(USER, "cleo", { id: "7", outputs: { email: "Cleo@Example.com", expires: "2026-12-31" } }),
      resource("wallaroo:index:User", "dan", {
        id: "8",
        outputs: { email: "dan@example.com", initialPassword: SECRET },
      }),
      resource(TEAM, "staff", { outputs: { ids, details: { "bob@example.com": { expires: "2027-01-31" } } } }),
    );
    expect(readStackExport(text, "x")).to.deep.equal({
      accounts: [
        { id: "7", email: "cleo@example.com", by: "people/prod: cleo", expires: "2026-12-31" },
        { id: "8", email: "dan@example.com", by: "people/prod: dan" },
        { id: "1", email: "ann@example.com", by: "people/prod: staff" },
        { id: "2", email: "bob@example.com", by: "people/prod: staff", expires: "2027-01-31" },
      ],
      unreadable: [],
    });
  });

  it("takes the expiry of members from what is declared where the state has it encrypted", () => {
    const members = { "BOB@example.com": { expires: "2027-01-31", password: SECRET } };
    const outputs = { ids, details: SECRET };
    const team = resource("wallaroo:index:Team", "staff", { inputs: { members }, outputs });
    expect(readStackExport(exported(team), "x").accounts.at(1)).to.include({ expires: "2027-01-31" });
    const hidden = resource("wallaroo:index:Team", "staff", { inputs: { members: SECRET }, outputs });
    const { accounts, unreadable } = readStackExport(exported(hidden), "x");
    expect(accounts).to.have.length(2);
    expect(unreadable).to.deep.equal(["people/prod: staff"]);
  });

  it("is neither what a program only reads, nor what waits to be deleted, nor another type", () => {
    const user = { id: "7", outputs: { email: "cleo@example.com" } };
    const text = exported(
      resource(USER, "read", { ...user, external: true }),
      resource(USER, "leaving", { ...user, delete: true }),
      resource("other:index:User", "other", user),
      resource("wallaroo:index:UserGroup", "group", user),
    );
    expect(readStackExport(text, "x").accounts).to.deep.equal([]);
  });

  it("is nothing for a stack that was never up", () => {
    expect(readStackExport(JSON.stringify({ version: 3, deployment: {} }), "x").accounts).to.deep.equal([]);
  });

  it("is read from a state that the first release wrote", () => {
    const file = path.join(__dirname, "../e2e/fixtures/state-of-the-first-commit.json");
    const { accounts } = readStackExport(fs.readFileSync(file, "utf8"), file);
    expect(accounts).to.deep.include({
      id: "7a466422-89c5-4101-8fbf-770bec9b2e9b",
      email: "cleo@example.com",
      by: "people/test: cleo",
    });
  });

  for (const [name, text] of [
    ["is not JSON", "version: 3"],
    ["is the state of no stack", "{}"],
    ["has resources that are no list", JSON.stringify({ deployment: { resources: {} } })],
    ["has a user without an address", exported(resource(USER, "cleo", { id: "7", outputs: {} }))],
    ["has a team whose ids are encrypted", exported(resource(TEAM, "staff", { outputs: { ids: SECRET } }))],
  ] as const) {
    it(`refuses a text that ${name}`, () => {
      expect(() => readStackExport(text, "old.json")).to.throw(/^Could not read old\.json: .*pulumi stack export/);
    });
  }
});
