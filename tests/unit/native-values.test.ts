import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { expect } from "chai";
import fc from "fast-check";
import { diffResponse } from "../../provider/native/details";
import { UNKNOWN, decode, encode, isUnknownMark } from "../../provider/native/values";

const SECRET = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270" };
const plain = (struct: Struct) => struct.toJavaScript() as Record<string, unknown>;

describe("a value of the engine's protocol", () => {
  it("is plain inside, and its secrets are known by their paths", () => {
    const sent = Struct.fromJavaScript({
      email: "ann@example.com",
      password: { ...SECRET, value: "Ann-the-password" },
      members: { ...SECRET, value: { "ann@example.com": { password: { ...SECRET, value: "x" } } } },
      roles: ["a", { ...SECRET, value: "b" }],
    });
    const { props, secrets } = decode(sent);
    expect(props).to.deep.equal({
      email: "ann@example.com",
      password: "Ann-the-password",
      members: { "ann@example.com": { password: "x" } },
      roles: ["a", "b"],
    });
    const paths = [["password"], ["members"], ["members", "ann@example.com", "password"], ["roles", "1"]];
    expect(secrets).to.have.deep.members(paths);
  });

  it("is a secret once, however many paths say so", () => {
    const paths = [["members", "*", "password"], ["members"], ["members", "ann@example.com", "password"]];
    const members = { "ann@example.com": { password: "x" } };
    expect(plain(encode({ members }, paths))).to.deep.equal({ members: { ...SECRET, value: members } });
    const inner = { "ann@example.com": { password: { ...SECRET, value: "x" } } };
    expect(plain(encode({ members }, [paths[0] ?? [], paths[2] ?? []]))).to.deep.equal({ members: inner });
  });

  it("that is undefined is left out, also where it would be a secret, and null stays", () => {
    const sent = encode({ password: undefined, email: null, members: { a: { password: undefined } } }, [["password"]]);
    expect(plain(sent)).to.deep.equal({ email: null, members: { a: {} } });
  });

  it("comes back as it was sent, unknown ones and strange keys too", () => {
    const props = { email: UNKNOWN, members: { "*": { enabled: UNKNOWN }, constructor: [UNKNOWN, 1, false, ""] } };
    expect(decode(encode(props, [["members", "constructor", "0"]])).props).to.deep.equal(props);
    expect(isUnknownMark(props.email)).to.equal(true);
    expect(isUnknownMark(props.members), "an object in which one stands").to.equal(false);
  });

  it("is the same after the wire, and a secret wherever a path says so, for any JSON and any paths", () => {
    // The library loses this key before the plugin has a say.
    const key = fc.oneof(fc.constantFrom("a", "b"), fc.string()).filter((name) => name !== "__proto__");
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 3 },
        fc.constantFrom(null, true, 0, UNKNOWN, ""),
        fc.string(),
        fc.array(tie("value"), { maxLength: 3 }),
        fc.dictionary(key, tie("value"), { maxKeys: 3 }),
      ),
    }));
    const path = fc.array(fc.oneof(key, fc.constantFrom("*", "0", "a", "b")), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(fc.dictionary(key, value, { maxKeys: 4 }), fc.array(path, { maxLength: 4 }), (props, paths) => {
        const sent = Struct.deserializeBinary(encode(props, paths).serializeBinary());
        const once = decode(sent);
        expect(once.props).to.deep.equal(props);
        const again = decode(encode(once.props, once.secrets));
        expect(again).to.deep.equal(once);
        const isWithin = (inner: readonly string[], outer: readonly string[]) =>
          inner.length > outer.length && outer.every((part, n) => part === inner[n]);
        expect(once.secrets.filter((inner) => once.secrets.some((outer) => isWithin(inner, outer)))).to.deep.equal([]);
        const isSecret = (at: readonly string[]) =>
          once.secrets.some((secret) => secret.every((part, n) => part === at[n]));
        for (const given of paths) for (const at of placesOf(props, given)) expect(isSecret(at)).to.equal(true);
      }),
    );
  });
});

/** Where a path leads in a value: `*` to each key of an object or list. */
function placesOf(value: unknown, [first, ...rest]: readonly string[]): string[][] {
  if (first === undefined) return [[]];
  if (typeof value !== "object" || value === null) return [];
  const entries = Object.entries(value).filter(([name]) => first === "*" || first === name);
  return entries.flatMap(([name, part]) => placesOf(part, rest).map((place) => [name, ...place]));
}

describe("a difference that the engine shows", () => {
  const show = (updates: string[], before: object, news: object, replaces: string[] = []) => {
    const response = diffResponse({ changes: true, updates, replaces }, { ...before }, { ...news });
    const entries = response.getDetaileddiffMap().toObject(false, (_include, detail) => detail.toObject(false));
    return { names: response.getDiffsList(), details: entries.map(([path, { kind }]) => [path, kind]) };
  };

  it("names inputs at the top, and says path by path what is added, removed and changed", () => {
    const before = { members: { "a@x.org": { admin: true }, "b.c@x.org": {} } };
    const news = { members: { "a@x.org": { admin: false, enabled: false } } };
    const paths = ['members["a@x.org"].admin', 'members["a@x.org"].enabled', 'members["b.c@x.org"]'];
    expect(show(paths, before, news)).to.deep.equal({
      names: ["members"],
      details: [
        [paths[0], 4],
        [paths[1], 0],
        [paths[2], 2],
      ],
    });
  });

  it("keeps a replacement apart from an update", () => {
    const shown = show(["enabled"], { email: "a", enabled: true }, { email: "b", enabled: false }, ["email"]);
    expect(shown).to.deep.equal({
      names: ["email", "enabled"],
      details: [
        ["email", 5],
        ["enabled", 4],
      ],
    });
  });
});
