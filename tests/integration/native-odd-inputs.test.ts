import * as proto from "@pulumi/pulumi/proto/provider_pb";
import { Struct, type JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb";
import { expect } from "chai";
import { decode, encode, UNKNOWN } from "../../provider/native/values";
import { EngineCalls, listen } from "./dynamic";
import { NativeCalls, startNative } from "./native";
import { messageOf, onPlatform } from "./platform";

const [ann, bob] = ["ann@example.com", "bob@example.com"];
const urnOf = (type: string) => `urn:pulumi:test::people::wallaroo:index:${type}::it`;
const MARK = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270" };
const secret = (value?: unknown) => (value === undefined ? MARK : { ...MARK, value });

describe("the native plugin, given what no SDK sends,", () => {
  listen();
  const { platform, start, writes } = onPlatform();
  beforeEach(() => start());

  /** Over the wire and back, as the engine would have it. */
  async function check(type: string, news: Record<string, unknown>) {
    const native = await NativeCalls.start(platform());
    const sent = Struct.fromJavaScript(news as Record<string, JavaScriptValue>);
    const request = new proto.CheckRequest()
      .setUrn(urnOf(type))
      .setNews(Struct.deserializeBinary(sent.serializeBinary()));
    const response = await native.ask<proto.CheckResponse>("check", request);
    const failures = response.getFailuresList().map((one) => `${one.getProperty()} ${one.getReason()}`.trim());
    return { ...decode(response.getInputs()), failures };
  }

  for (const [what, type, news, failure] of [
    ["null for an address", "User", { email: null }, /^email is required/],
    ["a number for an address", "User", { email: 5 }, /^email must be a string/],
    ["a list for an address", "User", { email: [ann] }, /^email must be a string/],
    ["NaN", "User", { email: ann, enabled: NaN }, /^enabled must be true or false/],
    [
      "an asset",
      "User",
      { email: ann, firstName: { ...MARK, [Object.keys(MARK)[0] ?? ""]: "asset" } },
      /must be a string/,
    ],
    ["a property of every object", "User", { email: ann, constructor: 1 }, /^constructor is not an input/],
    ["the bridge's own key", "User", { email: ann, __defaults: [] }, /^__defaults is not an input/],
    ["a very long password", "User", { email: ann, password: "x".repeat(6_000_000) }, /Give shorter values/],
    ["null for a member", "Team", { members: { [ann]: null } }, /members\["ann@example.com"\] must be an object/],
    ["an unknown in a list", "Team", { members: [UNKNOWN] }, /members is a list/],
    ["a member with a foreign name", "Team", { members: { constructor: {} } }, /must be of the form name@example.com/],
    [
      "an object for an option",
      "Team",
      { members: {}, maxDepartures: { a: 1 } },
      /maxDepartures must be a whole number/,
    ],
  ] as [string, string, Record<string, unknown>, RegExp][]) {
    it(`refuses ${what}, and sends nothing`, async () => {
      const { failures } = await check(type, news);
      expect(failures.join("\n")).to.match(failure).and.to.have.length.below(1_000);
      expect(platform().log).to.deep.equal([]);
    });
  }

  it("takes a secret in a secret for one, an unknown secret for unknown, and a secret without a value for none", async () => {
    const nested = await check("User", { email: ann, password: secret(secret("Ann-the-password")) });
    expect([nested.props["password"], nested.secrets]).to.deep.equal(["Ann-the-password", [["password"]]]);
    const unknown = await check("User", { email: secret(UNKNOWN) });
    expect([unknown.props["email"], unknown.secrets, unknown.failures]).to.deep.equal([UNKNOWN, [["email"]], []]);
    for (const nothing of [secret(null), secret()]) {
      const { props, failures } = await check("User", { email: ann, password: nothing });
      expect([Object.keys(props), failures]).to.deep.equal([["email", "enabled"], []]);
    }
    const members = { [bob]: secret({ password: secret("Bob-the-password") }) };
    expect((await check("Team", { members })).secrets).to.deep.equal([["members", bob]]);
    expect(writes()).to.deep.equal([]);
  });

  it("finds no account for an odd id, and says what to give", async () => {
    for (const id of ["a/b", "../../users", "5", "null", "constructor", "__proto__", "@", "a\u0000b", UNKNOWN]) {
      const native = await NativeCalls.start(platform());
      const request = new proto.ReadRequest().setUrn(urnOf("User")).setId(id);
      expect(await messageOf(() => native.ask("read", request))).to.match(
        /^Could not import .*: no account .*\. Give its address, or its Keycloak user id \(a UUID\)\.$/,
      );
    }
    expect(writes()).to.deep.equal([]);
  });

  it("guards an imported account as any other", async () => {
    const id = await platform().addUser({ email: ann });
    const guarded = new EngineCalls(platform, "user", { "wallaroo:protectedEmails": ann }, startNative);
    const read = async (given: string) => {
      const native = await NativeCalls.start(platform());
      const response = await native.ask<proto.ReadResponse>(
        "read",
        new proto.ReadRequest().setUrn(urnOf("User")).setId(given),
      );
      const [outputs, inputs] = [response.getProperties(), response.getInputs()].map((one) => decode(one).props);
      return { id: response.getId(), inputs: inputs ?? {}, outputs: outputs ?? {} };
    };
    guarded.kept = await read(ann);
    expect(guarded.kept.id).to.equal(id);
    expect(await messageOf(() => guarded.up({ email: ann, enabled: false }))).to.match(
      /wallaroo:protectedEmails protects it/,
    );
    const own = new EngineCalls(platform, "user", {}, startNative);
    own.kept = await read("operator@example.com");
    expect(await messageOf(() => own.up({ email: "operator@example.com", enabled: false }))).to.match(
      /Could not deactivate operator@example.com/,
    );
    expect(writes()).to.deep.equal([]);
  });

  it("takes a lookup's condition that is null for one that was left out", async () => {
    const native = await NativeCalls.start(platform());
    const args = encode({ enabled: null, emailDomain: "nowhere.org" }, []);
    const request = new proto.InvokeRequest().setTok("wallaroo:index:getUsers").setArgs(args);
    const response = await native.ask<proto.InvokeResponse>("invoke", request);
    expect(decode(response.getReturn()).props).to.deep.equal({ users: [] });
  });
});
