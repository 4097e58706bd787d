import fs from "node:fs";
import path from "node:path";
import { expect } from "chai";
import fc from "fast-check";
import { decodeTeam, encodeTeam } from "../../provider/team/decode";
import { pack } from "../../provider/team/state";
import { decodeUser } from "../../provider/user/decode";
import type { KnownUser, UserState } from "../../provider/user/model";

const FIXTURES = path.join(__dirname, "../e2e/fixtures");

/** Any state that a user can have, without what `undefined` stands for. */
const anyState = fc.record<UserState>(
  {
    email: fc.emailAddress().map((email) => email.toLowerCase()),
    username: fc.constant("someone@example.com"),
    enabled: fc.boolean(),
    createdAt: fc.constant("2026-01-01T00:00:00.000Z"),
    adopted: fc.boolean(),
    initialPassword: fc.string(),
    foundEnabled: fc.boolean(),
    found: fc.record({ firstName: fc.string(), lastName: fc.string(), admin: fc.boolean() }, { requiredKeys: [] }),
    adopt: fc.boolean(),
    onDestroy: fc.constantFrom("deactivate", "retain"),
    firstName: fc.string(),
    lastName: fc.string(),
    admin: fc.boolean(),
    formerEmails: fc.array(fc.constant("former@example.com")),
    unfinished: fc.constant(true),
    unseen: fc.constant(true),
  },
  { requiredKeys: ["email", "username", "enabled", "adopted"] },
);

describe("the decoding of a stored state", () => {
  it("finds nothing to repair in what earlier releases stored", () => {
    let users = 0;
    for (const file of fs.readdirSync(FIXTURES)) {
      const { deployment } = JSON.parse(fs.readFileSync(path.join(FIXTURES, file), "utf8")) as {
        deployment: { resources: { type: string; outputs: Record<string, unknown> }[] };
      };
      for (const { type, outputs } of deployment.resources) {
        if (!type.endsWith("wallaroo:User")) continue;
        users += 1;
        const { __provider: _text, initialPassword, ...stored } = outputs;
        // Encrypted in the file; the provider is given it in plain text.
        const given = { ...stored, ...(initialPassword === undefined ? {} : { initialPassword: "plain" }) };
        expect(decodeUser(given)).to.deep.equal({ state: given, defects: [], isFoundLost: false });
      }
    }
    expect(users).to.be.at.least(3);
  });

  it("gives back every state of a user and of a team as it was, keys of a later release included", () => {
    fc.assert(
      fc.property(fc.uniqueArray(anyState, { selector: ({ email }) => email }), (states) => {
        const members: KnownUser[] = states.map((state, index) => ({ id: `id-${index}`, state }));
        for (const { state } of members) {
          const later = { ...state, later: { than: "this" } };
          expect(decodeUser(later)).to.deep.equal({ state: later, defects: [], isFoundLost: false });
        }
        const stored = pack(members);
        const { state, defects, foundLost } = decodeTeam({ ...stored }, "read", "a team");
        expect({ state, defects, lost: [...foundLost] }).to.deep.equal({ state: stored, defects: [], lost: [] });
      }),
    );
  });

  it("accepts an id of a member that is no UUID", () => {
    const stored = {
      ids: { "a@b.c": "unseen:a@b.c", "d@e.f": "f:1:d" },
      adopted: {},
      initialPasswords: {},
      details: {},
    };
    expect(decodeTeam(stored, "read", "a team")).to.deep.equal({ state: stored, defects: [], foundLost: new Set() });
  });

  it("makes addresses canonical, which an earlier release stored as it was given them", () => {
    const decomposed = "ju\u0308rgen@example.com";
    const stored = {
      email: decomposed,
      username: decomposed,
      enabled: true,
      adopted: false,
      formerEmails: [decomposed],
    };
    const { state, defects } = decodeUser(stored);
    expect(defects).to.deep.equal([]);
    expect([state.email, state.username, state.formerEmails]).to.deep.equal([
      "j\u00fcrgen@example.com",
      "j\u00fcrgen@example.com",
      ["j\u00fcrgen@example.com"],
    ]);
    const team = {
      ids: { [decomposed]: "id" },
      adopted: { [decomposed]: true },
      initialPasswords: {},
      details: { [decomposed]: { onDestroy: "retain" } },
    };
    expect(decodeTeam(team, "read", "a team").state).to.deep.equal({
      ids: { "j\u00fcrgen@example.com": "id" },
      adopted: { "j\u00fcrgen@example.com": true },
      initialPasswords: {},
      details: { "j\u00fcrgen@example.com": { onDestroy: "retain" } },
    });
    const twice = { ...team, ids: { [decomposed]: "id", "j\u00fcrgen@example.com": "id-2" } };
    const both = decodeTeam(twice, "read", "a team");
    expect(both.defects[0]?.what).to.match(/^is another spelling of .*, and a refresh leaves it out \(id id\)$/);
    const email = "j\u00fcrgen@example.com";
    expect(both.state.ids).to.deep.equal({ [email]: "id-2" });
    expect([both.state.adopted, both.state.details, [...both.foundLost]], "on the safe side").to.deep.equal([
      { [email]: true },
      { [email]: { onDestroy: "retain" } },
      [email],
    ]);
  });

  it("reads a team that was stored before its last key was renamed, and refresh keeps the name", () => {
    const { details, ...others } = pack([
      { id: "id-of-ann", state: { email: "a@b.c", username: "a@b.c", enabled: false, adopted: false } },
    ]);
    const stored = { ...others, deviations: details };
    const { state, defects } = decodeTeam(stored, "read", "a team");
    expect({ state, defects }).to.deep.equal({ state: { ...others, details }, defects: [] });
    expect([encodeTeam(state, stored), encodeTeam(state, { ...state })]).to.deep.equal([stored, state]);
    const edited = { ...stored, deviations: { "a@b.c": { enabled: 7 } } };
    expect(decodeTeam(edited, "read", "a team").defects[0]?.key).to.equal('deviations["a@b.c"].enabled');
  });

  it("never raises for a user, whatever JSON is stored, and takes an account that it can't tell for adopted", () => {
    const odd = fc.dictionary(
      fc.constantFrom("email", "enabled", "adopted", "onDestroy", "foundEnabled", "found", "admin", "__proto__"),
      fc.jsonValue(),
    );
    fc.assert(
      fc.property(odd, (stored) => {
        const { state, defects } = decodeUser(stored);
        expect(state.email).to.be.a("string");
        expect(state.enabled).to.be.a("boolean");
        expect(state.adopted).to.equal(typeof stored["adopted"] === "boolean" ? stored["adopted"] : true);
        expect([undefined, "deactivate", "retain"]).to.include(state.onDestroy);
        expect([undefined, true, false]).to.include(state.foundEnabled);
        for (const { what } of defects) expect(what).to.match(/^(is missing|must be .*, and is .*)$/);
      }),
    );
  });

  it("names no value, which may be a secret", () => {
    const stored = { email: "a@b.c", enabled: "Ss-secret", adopted: true, initialPassword: ["Ss-secret"], username: 7 };
    expect(JSON.stringify(decodeUser(stored).defects)).to.not.include("Ss-secret");
  });
});
