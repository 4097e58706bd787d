import vm from "node:vm";
import { expect } from "chai";
import * as pulumi from "@pulumi/pulumi";
import { WallarooError } from "../../provider/api/errors";
import { readSettings } from "../../provider/settings";
import { checkTeam } from "../../provider/team/check";
import { checkUser } from "../../provider/user/check";
import { isPlainObject } from "../../sdk/resolved";
import * as lookups from "../../sdk/lookups";
import { WallarooProvider } from "../../sdk/provider";
import { WallarooTeam, type WallarooTeamArgs } from "../../sdk/team";
import { WallarooUser, type WallarooUserArgs } from "../../sdk/user";
import { createProviders } from "../../provider/dynamic/provider";
import { messageOf } from "../integration/platform";

class Member {
  #enabled = false;
  get enabled() {
    return this.#enabled;
  }
}

class Rootless extends (null as unknown as ObjectConstructor) {
  get enabled() {
    return false;
  }
}

const [ann, bob] = ["ann@example.com", "bob@example.com"];
const foreign = (text: string): unknown => vm.runInNewContext(`(${text})`);
const circular: Record<string, unknown> = {};
circular["self"] = circular;

/** What is no plain object, and becomes `{}`, nothing or something else on its way to the engine. */
const CONTAINERS: Record<string, unknown> = {
  "a Map": new Map([["enabled", false]]),
  "an empty Map": new Map(),
  "a Map of another realm": foreign('new Map([["enabled", false]])'),
  "a Set": new Set(["enabled"]),
  "a WeakMap": new WeakMap(),
  "an instance of a class": new Member(),
  "a Date": new Date(0),
  "a function": () => ({ enabled: false }),
  "an Error": new Error("lost"),
  "a RegExp": /x/,
  "a Buffer": Buffer.from("x"),
  "a URLSearchParams": new URLSearchParams("enabled=false"),
  "a boxed boolean": Object(false) as unknown,
  "an object made of another one": Object.create({ enabled: false }) as unknown,
  "an object made of one without a prototype": Object.create(
    Object.assign(Object.create(null) as object, { enabled: false }),
  ) as unknown,
  "an instance of a class that extends null": Object.create(Rootless.prototype) as unknown,
  "a symbol": Symbol("x"),
  "a bigint": 1n,
};

/** Enough of them, where what matters is how they come. */
const SOME = Object.fromEntries(
  ["an empty Map", "a Set", "an instance of a class", "a function"].map((what) => [what, CONTAINERS[what]]),
);

/** Where a value may come from. */
const FORMS: Record<string, (value: unknown) => unknown> = {
  "as it is": (value) => value,
  "as a Promise": (value) => Promise.resolve(value),
  "as a Promise of a Promise": (value) => Promise.resolve().then(() => Promise.resolve(value)),
  "as a Promise of another realm": (value) =>
    (foreign("(value) => Promise.resolve(value)") as (value: unknown) => unknown)(value),
  "as an Output": (value) => pulumi.output(0).apply(() => value),
  "as a secret Output": (value) => pulumi.secret(0).apply(() => value),
  "as an Output of a Promise": (value) => pulumi.output(0).apply(() => Promise.resolve(value)),
  "as a Promise of an Output": (value) => Promise.resolve(pulumi.output(0).apply(() => value)),
};

describe("an input of which the engine would see something else", () => {
  let seen: Record<string, unknown> | undefined;
  beforeEach(async () => {
    seen = undefined;
    await pulumi.runtime.setMocks({
      newResource: ({ inputs, name }) => {
        seen = plainly(inputs) as Record<string, unknown>;
        return { id: `id-of-${name}`, state: {} };
      },
      call: () => ({}),
    });
  });

  /** The failures of the provider's check, given what reaches the engine of these arguments. */
  async function refusals(args: unknown, kind: "team" | "user"): Promise<string> {
    const provider = createProviders()[kind === "team" ? "team" : "user"];
    const { stackTraceLimit } = Error;
    // The SDK notes with each promise where it was made, and translates that into lines of TypeScript.
    Error.stackTraceLimit = 0;
    try {
      const resource =
        kind === "team"
          ? new WallarooTeam("science", args as WallarooTeamArgs)
          : new WallarooUser("ann", args as WallarooUserArgs);
      await new Promise((resolve) => resource.urn.apply(resolve));
    } finally {
      Error.stackTraceLimit = stackTraceLimit;
    }
    if (seen === undefined) throw new Error("nothing was registered");
    const { failures = [] } = await provider.check({}, seen);
    return failures.map(({ property, reason }) => `[${property}] ${reason}`).join("\n");
  }

  for (const [form, come] of Object.entries(FORMS)) {
    it(`is refused by name as members, as a member and in a member, ${form}`, async () => {
      for (const [what, value] of Object.entries(form === "as it is" ? CONTAINERS : SOME)) {
        expect(await refusals({ members: come(value) }, "team"), what).to.match(/^\[\] members is /);
        const member = await refusals({ members: { [ann]: come(value), [bob]: {} } }, "team");
        expect(member, what).to.match(/^\[\] members\["ann@example.com"\] is .*/);
        const late = await refusals({ members: come({ [ann]: come(value), [bob]: {} }) }, "team");
        expect(late, what).to.match(/^\[\] members\["ann@example.com"\] is .*/);
        for (const name of ["enabled", "roles", "password"]) {
          const input = await refusals({ members: { [ann]: come({ [name]: come(value) }) } }, "team");
          expect(input, what).to.match(new RegExp(`^\\[\\] members\\["ann@example.com"\\]\\.${name} is `));
        }
      }
    });

    it(`is refused by name as an input of a user, ${form}`, async () => {
      for (const [what, value] of Object.entries(form === "as it is" ? CONTAINERS : SOME)) {
        for (const name of ["email", "password", "enabled", "adopt", "onDestroy", "admin", "roles"]) {
          const input = await refusals({ email: ann, [name]: come(value) }, "user");
          expect(input, what).to.match(new RegExp(`^\\[\\] ${name} is `));
        }
        expect(await refusals({ email: ann, roles: come(["x", come(value)]) }, "user")).to.match(/^\[\] roles is /);
      }
    });
  }

  it("is said with what to write instead", async () => {
    expect(await refusals({ members: Promise.resolve(new Map()) }, "team")).to.equal(
      "[] members is a Map: `Object.fromEntries(map)` makes a plain object of it",
    );
    expect(await refusals({ members: { [ann]: { roles: new Set(["x"]) } } }, "team")).to.match(
      /is a Set: `\[\.\.\.set\]` makes a list of it$/,
    );
    expect(await refusals({ members: { [ann]: new Member() } }, "team")).to.match(
      /is an instance of Member: write out/,
    );
    expect(await refusals({ members: new Set([ann]) }, "team"), "no claim that a list will do").to.not.match(/must be/);
    expect(await refusals({ members: { [ann]: { roles: new Map() } } }, "team"), "nor an object").to.not.match(/must/);
    const user = new WallarooUser("bob", { email: bob });
    expect(await refusals({ email: user }, "user")).to.match(/^\[\] email is a resource: give one of its outputs/);
  });

  it("is refused as the arguments as a whole", async () => {
    const args = Object.entries(CONTAINERS).concat([
      ["nothing", undefined],
      ["null", null],
      ["a list", [{ email: ann }]],
      ["text", ann],
      ["an Output", pulumi.output({ email: ann, members: {} })],
      ["a Promise", Promise.resolve({ email: ann, members: {} })],
    ]);
    for (const [what, value] of args) {
      expect(await refusals(value, "team"), what).to.match(/^\[\] WallarooTeam "science": .*arguments/);
      expect(await refusals(value, "user"), what).to.match(/^\[\] WallarooUser "ann": .*arguments/);
    }
  });

  it("is an object that holds itself, too", async () => {
    for (const come of Object.values(FORMS)) {
      expect(await refusals({ members: { [ann]: { roles: come(circular) } } }, "team")).to.match(/roles is nested too/);
      expect(await refusals({ email: ann, enabled: come(circular) }, "user")).to.match(/enabled is nested too deeply/);
    }
  });

  it("is a promise that fails, too: raised later, it would let all members go", async () => {
    const fail = () => Promise.reject(new Error("the vault is closed"));
    expect(await refusals({ members: fail() }, "team")).to.match(/^\[\] members is a Promise that failed: the vault/);
    expect(await refusals({ members: { [ann]: fail() } }, "team")).to.match(
      /members\["ann@example.com"\] is a Promise/,
    );
    expect(await refusals({ email: ann, enabled: fail() }, "user")).to.match(/^\[\] enabled is a Promise that failed/);
  });

  it("is an output that fails, too, or that holds what can't be read", async () => {
    const closed = () => {
      throw new Error("the vault is closed");
    };
    const unreadable = Object.defineProperty({}, "enabled", { enumerable: true, get: closed });
    for (const fail of [
      () => pulumi.output(Promise.reject(new Error("the vault is closed"))),
      () => pulumi.output(0).apply(closed),
      () => pulumi.secret(0).apply(closed),
      () => pulumi.output(0).apply(() => Promise.reject(new Error("the vault is closed"))),
      () => pulumi.output(0).apply(() => unreadable),
      () => Promise.resolve(unreadable),
    ]) {
      const why = "is an? (Output that failed|Promise that failed|object that can't be read): the vault is closed";
      expect(await refusals({ members: fail() }, "team")).to.match(new RegExp(`^\\[\\] members ${why}$`));
      expect(await refusals({ members: { [ann]: fail(), [bob]: {} } }, "team")).to.match(
        new RegExp(`^\\[\\] members\\["ann@example.com"\\] ${why}$`),
      );
      expect(await refusals({ members: { [ann]: { enabled: fail() } } }, "team")).to.match(new RegExp(why));
      for (const name of ["email", "enabled", "password", "roles"]) {
        expect(await refusals({ email: ann, [name]: fail() }, "user"), name).to.match(new RegExp(`${name} ${why}`));
      }
    }
  });

  it("is not a list, a plain object of another realm or one without a prototype", async () => {
    for (const members of [
      foreign('({ "ann@example.com": { roles: ["x"] } })'),
      Object.assign(Object.create(null) as object, { [ann]: { roles: ["x"] } }),
      JSON.parse('{ "ann@example.com": { "roles": ["x"] } }'),
    ]) {
      for (const come of Object.values(FORMS)) {
        seen = undefined;
        const resource = new WallarooTeam("science", { members: come(members) } as WallarooTeamArgs);
        await new Promise((resolve) => resource.urn.apply(resolve));
        expect(seen?.["members"]).to.deep.equal({ [ann]: { roles: ["x"] } });
        expect(checkTeam({ members: seen?.["members"] }, () => false).failures).to.deep.equal([]);
      }
    }
    expect([{}, Object.create(null), foreign("({})")].every(isPlainObject)).to.equal(true);
    expect(Object.values(CONTAINERS).filter((value) => isPlainObject(value))).to.deep.equal([]);
  });

  it("is refused as a setting of an explicit provider, and by the lookups", async () => {
    for (const value of [
      new Map(),
      new Set([ann]),
      Promise.resolve(new Set()),
      pulumi.output(0).apply(() => new Set()),
    ]) {
      for (const name of ["protectedEmails", "username", "seatLimit", "url"]) {
        const args = { url: "https://x.example", username: "u", password: "p", [name]: value };
        const provider = new WallarooProvider("p", args);
        const given = await new Promise<Record<string, unknown>>((resolve) => provider.settings.apply(resolve));
        const config = (key: string) =>
          typeof given[key] === "object" ? JSON.stringify(given[key]) : (given[key] as string | undefined);
        const problem = new RegExp(`\`${name}\` of the WallarooProvider is a (Map|Set): `);
        expect(() => readSettings({ config, env: undefined })).to.throw(WallarooError, problem);
      }
    }
    const lost = { "wallaroo:url": "https://x.example", "wallaroo:token": "t", "wallaroo:protectedEmails": "{}" };
    const config = (key: string) => (lost as Record<string, string>)[key];
    expect(() => readSettings({ config, env: undefined }), "a Set that the SDK made {} of").to.throw(WallarooError);
    pulumi.runtime.setAllConfig({ "wallaroo:url": "https://x.example", "wallaroo:token": "t" }, ["wallaroo:token"]);
    for (const value of [new Map([["enabled", false]]), new Set(), []]) {
      expect(await messageOf(() => lookups.getUsers(value as object))).to.match(/look up users: what is given is a/);
      expect(await messageOf(() => lookups.getUser(value as unknown as { id: string }))).to.match(/what is given is a/);
    }
  });

  it("leaves what is not known yet unknown", () => {
    const { inputs } = checkUser({ email: ann, enabled: "unknown" }, (value) => value === "unknown");
    expect(inputs).to.deep.equal({ email: ann, enabled: "unknown" });
  });
});

/** As the engine gives it to a provider: without marks of secrets. */
function plainly(value: unknown): unknown {
  const inner: unknown = pulumi.runtime.isRpcSecret(value) ? pulumi.runtime.unwrapRpcSecret(value) : value;
  if (Array.isArray(inner)) return inner.map(plainly);
  if (typeof inner !== "object" || inner === null) return inner;
  return Object.fromEntries(Object.entries(inner).map(([key, part]) => [key, plainly(part)]));
}
