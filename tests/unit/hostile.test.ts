import { expect } from "chai";
import fc from "fast-check";
import type { Client } from "../../provider/api/client";
import { WallarooError, isWallarooError } from "../../provider/api/errors";
import { Secrets } from "../../provider/api/redact";
import { createUsersApi } from "../../provider/api/users";
import { Directory } from "../../provider/user/directory";
import { createdAt } from "../../provider/user/state";
import { codePoint } from "./code-points";

const POISON = ["__proto__", "constructor", "prototype", "toString", "hasOwnProperty", "then"];

/** A platform that answers `answer` to everything. */
function hostile(answer: unknown): Client {
  return { secrets: new Secrets(), call: () => Promise.resolve(answer), pause: () => Promise.resolve(false) };
}

/** JSON of any shape, with the keys that poison prototypes, and users that are nearly right. */
const anyJson = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.string({ unit: codePoint }),
    fc.double(),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(fc.oneof(fc.string(), fc.constantFrom(...POISON)), tie("value"), { maxKeys: 4 }),
  ),
})).value;
const nearlyUser = fc.record(
  {
    id: fc.oneof(fc.uuid(), anyJson),
    username: fc.oneof(fc.string(), anyJson),
    enabled: fc.oneof(fc.boolean(), anyJson),
    email: anyJson,
    realmRoles: anyJson,
    createdTimestamp: anyJson,
  },
  { requiredKeys: [] },
);

describe("a platform that insists on roles", () => {
  it("gets them from each of many invites at once, whichever of them learns it first", async () => {
    const missing = new WallarooError({
      kind: "rejected",
      operation: "invite",
      who: "",
      words: "missing roles",
      next: "",
    });
    let refuseLate = (): void => undefined;
    const call: Client["call"] = ({ body }) => {
      const { email, roles } = body as { email: string; roles?: string[] };
      if (roles !== undefined) return Promise.resolve({ id: email, password: "made" });
      if (email !== "late") return Promise.reject(missing);
      return new Promise((_resolve, reject) => (refuseLate = () => reject(missing)));
    };
    const users = createUsersApi({ ...hostile(undefined), call });
    const late = users.invite({ email: "late" });
    expect(await users.invite({ email: "early" })).to.include({ id: "early" });
    refuseLate();
    expect(await late).to.include({ id: "late" });
  });
});

describe("a hostile or broken platform", () => {
  it("gets nothing but accounts of the promised shape or one clean error through", async () => {
    const answers = fc.oneof(
      anyJson,
      fc.record({ users: anyJson }),
      fc.record({ users: fc.dictionary(fc.oneof(fc.uuid(), fc.constantFrom(...POISON)), nearlyUser) }),
    );
    await fc.assert(
      fc.asyncProperty(answers, async (answer) => {
        const users = createUsersApi(hostile(JSON.parse(JSON.stringify(answer))));
        for (const ask of [
          () => users.queryAll(),
          () => users.queryByIds(["x"]),
          () => users.invite({ email: "a@b.c" }),
        ]) {
          try {
            expect(await ask()).to.satisfy((found: unknown) => typeof found === "object" && found !== null);
          } catch (error) {
            if (!isWallarooError(error, "unreadable")) throw error;
            expect(error.message).to.not.match(/\p{Cc}/u);
            expect(error.message.length).to.be.lessThan(2000);
          }
        }
        for (const key of ["polluted", "enabled", "id"])
          expect(({} as Record<string, unknown>)[key]).to.equal(undefined);
      }),
      { numRuns: 300 },
    );
  });

  it("can't make the directory or a date throw by odd fields", async () => {
    await fc.assert(
      fc.asyncProperty(nearlyUser, async (odd) => {
        const id = "00000000-0000-4000-8000-000000000000";
        const user = {
          ...(JSON.parse(JSON.stringify(odd)) as object),
          id,
          username: "someone",
          enabled: true,
          email: "a@b.c",
        };
        const users = createUsersApi(hostile({ users: { [id]: user } }));
        const view = await new Directory(users).view(0);
        const found = view.findByEmail("a@b.c");
        expect(found?.id).to.equal(id);
        if (found !== undefined)
          expect(createdAt(found)).to.satisfy((at: unknown) => at === undefined || typeof at === "string");
      }),
      { numRuns: 100 },
    );
  });

  it("can't put escapes into the state or the console by an id or a name, and takes null for absent", async () => {
    const id = "00000000-0000-4000-8000-000000000000";
    const base = { id, username: "ann@example.com", enabled: true };
    const ask = (user: object, key = id) => createUsersApi(hostile({ users: { [key]: user } })).queryAll();
    const evil = "id\u001b]0;owned\u0007\n\u202e";
    const refused: unknown = await ask({ ...base, id: evil }, evil).catch((error: unknown) => error);
    if (!isWallarooError(refused, "unreadable")) throw new Error("an id of escapes was taken");
    expect(refused.message).to.match(/^[^\p{Cc}\p{Cf}]*$/u);
    const names = {
      username: `ann${evil}`,
      email: evil,
      firstName: evil,
      lastName: "Z\u00eb \u{1f469}\u200d\u{1f52c}",
    };
    const [odd] = await ask({ ...base, ...names });
    expect(odd?.lastName, "an emoji of several parts stays").to.equal(names.lastName);
    for (const text of [odd?.username, odd?.email]) expect(text).to.match(/^[^\p{Cc}\u202e]+$/u);
    expect(odd?.firstName).to.match(/^[^\p{Cc}]+$/u);
    const hebrew = { firstName: "\u2067\u05d0\u05e0\u05d4\u2069", lastName: "\u202b\u05db\u05d4\u05df\u202c" };
    expect((await ask({ ...base, ...hebrew }))[0], "marks of direction stay").to.deep.equal({ ...base, ...hebrew });
    const umlaut = "f:9d1c:j\u00fcrgen";
    expect((await ask({ ...base, id: umlaut }, umlaut))[0]?.id, "the id of a federated account").to.equal(umlaut);
    const nulls = { email: null, firstName: null, lastName: null, realmRoles: null, createdTimestamp: null };
    expect(await ask({ ...base, ...nulls })).to.deep.equal([base]);
  });

  it("is survived with fifty megabytes of answer and very deep nesting", async () => {
    const deep = `${"[".repeat(7000)}${"]".repeat(7000)}`;
    const users = createUsersApi(hostile({ users: { x: JSON.parse(deep) as unknown } }));
    expect(await users.queryAll().catch((error: unknown) => isWallarooError(error, "unreadable"))).to.equal(true);
    const huge = createUsersApi(hostile({ users: "x".repeat(50 * 1024 * 1024) }));
    const error: unknown = await huge.queryAll().catch((e: unknown) => e);
    expect((error as Error).message.length).to.be.lessThan(2000);
  });
});
