import { expect } from "chai";
import * as proto from "@pulumi/pulumi/proto/provider_pb";
import { decode, encode, UNKNOWN } from "../../provider/native/values";
import { EngineCalls, listen } from "./dynamic";
import { NativeCalls, startNative } from "./native";
import { messageOf, onPlatform } from "./platform";

const [ann, bob] = ["ann@example.com", "bob@example.com"];
const urnOf = (type: string) => `urn:pulumi:test::people::wallaroo:index:${type}::it`;

describe("the native plugin", () => {
  const { platform, start, writes } = onPlatform();
  const said = listen();
  beforeEach(() => start());
  const calls = () => NativeCalls.start(platform());

  describe("marks as secrets, whatever the language marks,", () => {
    it("the passwords of a user in inputs and outputs", async () => {
      const native = await calls();
      const given = new proto.CheckRequest().setUrn(urnOf("User"));
      given.setNews(encode({ email: ann, password: "Ann-the-password" }, []));
      const checked = await native.ask<proto.CheckResponse>("check", given);
      expect(decode(checked.getInputs()).secrets).to.deep.equal([["password"]]);
      const create = new proto.CreateRequest().setUrn(urnOf("User")).setProperties(checked.getInputs());
      const created = await native.ask<proto.CreateResponse>("create", create);
      const { props, secrets } = decode(created.getProperties());
      expect(secrets).to.deep.equal([["initialPassword"]]);
      expect(props).to.include({ initialPassword: "Ann-the-password" }).and.to.not.have.property("password");
    });

    it("the passwords of members, under whatever spelling of an address", async () => {
      const native = await calls();
      const given = new proto.CheckRequest().setUrn(urnOf("Team"));
      given.setNews(encode({ members: { [ann]: { password: "x" }, [bob]: { firstName: "Bob" } } }, []));
      const checked = await native.ask<proto.CheckResponse>("check", given);
      expect(decode(checked.getInputs()).secrets).to.deep.equal([["members", ann, "password"]]);
      given.setNews(
        encode({ members: { [ann]: {}, "Bob@Example.com ": { lastName: "x" } } }, [["members", "Bob@Example.com "]]),
      );
      const again = await native.ask<proto.CheckResponse>("check", given);
      expect(decode(again.getInputs()).secrets).to.deep.equal([["members", bob]]);
    });

    it("what the program marks, and what is made of it", async () => {
      const native = await calls();
      const request = new proto.CreateRequest().setUrn(urnOf("User"));
      request.setProperties(encode({ email: ann, enabled: true, firstName: "Ann" }, [["email"], ["firstName"]]));
      const created = await native.ask<proto.CreateResponse>("create", request);
      const secrets = decode(created.getProperties()).secrets.map(([name]) => name);
      expect(secrets).to.have.members(["email", "username", "firstName", "initialPassword"]);
    });

    it("what is stored of a step that failed half-way", async () => {
      const fault = { status: 400, body: { msg: "not this one", code: 400 } };
      platform().misbehave({ on: "invite", who: bob, when: "before", what: fault });
      const native = await calls();
      const request = new proto.CreateRequest().setUrn(urnOf("Team"));
      request.setProperties(encode({ members: { [ann]: { password: "Ann-the-password" }, [bob]: {} } }, []));
      const failure = await native.ask("create", request).catch((error: unknown) => error);
      expect(failure).to.deep.include({ secrets: [["details"], ["initialPasswords"]] });
    });
  });

  describe("imports", () => {
    const read = async (given: string, type = "User") => {
      const request = new proto.ReadRequest().setUrn(urnOf(type)).setId(given);
      const response = await (await calls()).ask<proto.ReadResponse>("read", request);
      const [state, inputs] = [response.getProperties(), response.getInputs()].map((struct) => decode(struct).props);
      return { id: response.getId(), inputs: inputs ?? {}, outputs: state ?? {} };
    };

    it("an account by its id or its address, as adopted and as it is found, with one query", async () => {
      const id = await platform().addUser({ email: ann, enabled: false });
      for (const given of [id, ann, " ANN@Example.com"]) {
        platform().clearLog();
        const imported = await read(given);
        expect(imported.id).to.equal(id);
        expect(imported.inputs).to.deep.equal({ email: ann, enabled: false, adopt: true });
        expect(imported.outputs).to.include({ email: ann, username: ann, adopted: true, foundEnabled: false });
        expect(platform().requests("query")).to.have.length(1);
      }
    });

    it("what applies without a change, and destroy puts back as it was found", async () => {
      const id = await platform().addUser({ email: ann });
      const stack = new EngineCalls(platform, "user", {}, startNative);
      stack.kept = await read(ann);
      expect(stack.kept.id).to.equal(id);
      expect(await stack.up({ email: ann })).to.equal("unchanged");
      expect(await stack.up(stack.kept.inputs)).to.equal("unchanged");
      expect(await stack.up({ email: ann, enabled: false })).to.equal("updated");
      await stack.destroy();
      expect(writes()).to.deep.equal([`deactivate ${ann}`, `activate ${ann}`]);
    });

    it("no account that is not there or not alone, and no team", async () => {
      const next = "Give its address, or its Keycloak user id (a UUID).";
      expect(await messageOf(() => read(ann))).to.equal(
        `Could not import ${ann}: no account on the platform has this address. ${next}`,
      );
      expect(await messageOf(() => read("no-such-id"))).to.match(/^Could not import no-such-id: .* has this id/);
      await platform().addUser({ email: "ann@example.com", username: "ann1" });
      await platform().addUser({ email: "Ann@example.com", username: "ann2" });
      expect(await messageOf(() => read(ann))).to.match(/2 accounts have it/);
      expect(await messageOf(() => read("science", "Team"))).to.match(/^Could not import science: a team has no id/);
      expect(writes()).to.deep.equal([]);
    });
  });

  describe("answers preview", () => {
    const preview = async (type: string, inputs: object, stored?: object) => {
      const native = await calls();
      if (stored === undefined) {
        const request = new proto.CreateRequest().setUrn(urnOf(type)).setPreview(true);
        const response = await native.ask<proto.CreateResponse>(
          "create",
          request.setProperties(encode({ ...inputs }, [])),
        );
        return decode(response.getProperties()).props;
      }
      const request = new proto.UpdateRequest()
        .setUrn(urnOf(type))
        .setPreview(true)
        .setOlds(encode({ ...stored }, []));
      const response = await native.ask<proto.UpdateResponse>("update", request.setNews(encode({ ...inputs }, [])));
      return decode(response.getProperties()).props;
    };

    it("with what is known of a user, and sends nothing", async () => {
      const created = await preview("User", { email: ann, enabled: true, password: "x", roles: ["r"] });
      const unknown = { createdAt: UNKNOWN, adopted: UNKNOWN, initialPassword: UNKNOWN };
      expect(created).to.deep.equal({ email: ann, username: ann, enabled: true, ...unknown });
      const stored = { email: ann, username: ann, enabled: true, adopted: false, initialPassword: "x" };
      expect(await preview("User", { email: ann, enabled: UNKNOWN }, stored)).to.deep.equal({
        ...stored,
        enabled: UNKNOWN,
      });
      const unseen = await preview("User", { email: ann, enabled: true }, { ...stored, unseen: true });
      expect(unseen).to.include(unknown);
      const expiring = await preview("User", { email: ann, enabled: true, expires: "2020-01-01" }, stored);
      expect(expiring["enabled"], "what the platform's clock decides").to.equal(UNKNOWN);
      expect(writes()).to.deep.equal([]);
    });

    it("with the ids of the members that are there already, and of no other", async () => {
      const stored = { ids: { [ann]: "id-of-ann" }, adopted: { [ann]: true }, initialPasswords: {}, details: {} };
      const grown = await preview("Team", { members: { [ann]: {}, [bob]: {} } }, stored);
      expect(grown).to.deep.include({ ids: { [ann]: "id-of-ann", [bob]: UNKNOWN }, adopted: UNKNOWN });
      const same = await preview("Team", { members: { [ann]: { enabled: false } } }, stored);
      expect(same).to.deep.include({ ids: stored.ids, adopted: stored.adopted });
      expect((await preview("Team", { members: UNKNOWN }))["ids"]).to.equal(UNKNOWN);
    });
  });

  describe("checks its configuration", () => {
    const check = async (name: string, news: object, project = "people") => {
      const request = new proto.CheckRequest().setUrn(
        `urn:pulumi:test::${project}::pulumi:providers:wallaroo::${name}`,
      );
      const response = await (
        await calls()
      ).ask<proto.CheckResponse>("checkConfig", request.setNews(encode({ ...news }, [])));
      return decode(response.getInputs());
    };

    it("and marks the secrets of it", async () => {
      const { secrets } = await check("default", { url: "https://x", password: "p", token: "t", version: "0.1.0" });
      expect(secrets).to.have.deep.members([["password"], ["token"]]);
      expect(said()).to.deep.equal([]);
    });

    it("and names the nearest setting for each key that is none", async () => {
      await check("default_0_1_0", { protectedEmail: "a", version: "0.1.0" });
      await check("production", { seatlimit: 3 });
      await check("default", { region: "eu" }, "wallaroo");
      expect(said()[0]).to.match(
        /^wallaroo:protectedEmail is not a setting .* did you mean wallaroo:protectedEmails\?$/,
      );
      expect(said()[1]).to.match(/^`seatlimit` is not an input .* did you mean `seatLimit`\?$/);
      expect(said()[2]).to.match(/project is called wallaroo, there is nothing to do/);
    });

    it("and never has a provider replaced, which would replace its resources", async () => {
      const request = new proto.DiffRequest()
        .setOlds(encode({ url: "https://a" }, []))
        .setNews(encode({ url: "https://b" }, []));
      const response = await (await calls()).ask<proto.DiffResponse>("diffConfig", request);
      expect(response.getReplacesList()).to.deep.equal([]);
      expect(response.getChanges()).to.equal(proto.DiffResponse.DiffChanges.DIFF_UNKNOWN);
    });

    it("and takes no setting of a provider in the program from the environment", async () => {
      process.env["WALLAROO_USER"] = "operator@example.com";
      try {
        const own = { "wallaroo:username": "" };
        const request = new proto.InvokeRequest().setTok("wallaroo:index:getUsers");
        for (const name of ["default", "default_0_1_0", ""]) {
          await (await NativeCalls.start(platform(), own, name)).ask("invoke", request);
        }
        const explicit = await NativeCalls.start(platform(), own, "production");
        expect(await messageOf(() => explicit.ask("invoke", request))).to.match(
          /`password` of the WallarooProvider is set without/,
        );
      } finally {
        delete process.env["WALLAROO_USER"];
      }
    });
  });

  describe("answers lookups", () => {
    const invoke = async (token: string, args: object, secrets: string[][] = []) => {
      const request = new proto.InvokeRequest().setTok(`wallaroo:index:${token}`).setArgs(encode({ ...args }, secrets));
      return decode((await (await calls()).ask<proto.InvokeResponse>("invoke", request)).getReturn());
    };

    it("about one user, several, and the account that it runs as", async () => {
      const id = await platform().addUser({ email: ann, enabled: false });
      expect((await invoke("getUser", { email: ann })).props).to.include({ id, enabled: false });
      const { users } = (await invoke("getUsers", { enabled: false })).props as { users: object[] };
      expect(users).to.have.length(1);
      expect((await invoke("getSeats", {})).props).to.include({ inactive: 1 });
      expect((await invoke("getCurrentUser", {})).props).to.include({ email: "operator@example.com" });
      expect((await invoke("getUser", { email: ann }, [["email"]])).secrets.length).to.be.greaterThan(3);
    });

    it("with an error for an account that is not there and for a function that is none", async () => {
      expect(await messageOf(() => invoke("getUser", { email: ann }))).to.match(
        /^Could not look up ann@example.com: no account/,
      );
      expect(await messageOf(() => invoke("getTeam", {}))).to.match(
        /^Could not look up wallaroo:index:getTeam: this plugin has no/,
      );
    });
  });

  it("reports unmanaged accounts of a team, whose input has the name of the output", async () => {
    await platform().addUser({ email: bob });
    const stack = new EngineCalls(platform, "team", {}, startNative);
    const declared = { members: { [ann]: {} }, unmanaged: "report", unmanagedDomain: "example.com" };
    await stack.up(declared);
    expect(stack.kept?.outputs["unmanaged"]).to.include(bob);
    expect(await stack.up(declared)).to.equal("unchanged");
    expect(await stack.up({ ...declared, unmanaged: "ignore" })).to.equal("updated");
    expect(stack.kept?.outputs).to.not.have.property("unmanaged");
  });

  it("refuses a user that a team, checked before it, would deactivate as unmanaged", async () => {
    const stray = "bob@elsewhere.org";
    await platform().addUser({ email: stray });
    const stack = new EngineCalls(platform, "team", {}, startNative);
    const declared = { members: { [ann]: {} }, unmanagedDomain: "elsewhere.org" };
    await stack.up({ ...declared, unmanaged: "report" });
    const { id = "", inputs = {}, outputs = {} } = stack.kept ?? {};
    const native = await calls();
    const team = native.verbs("Team");
    const checked = await team.check(inputs, { ...declared, unmanaged: "deactivate" });
    await team.diff(id, outputs, checked.inputs as object);
    const request = new proto.CheckRequest().setUrn(`${urnOf("User")}-user`);
    const response = await native.ask<proto.CheckResponse>(
      "check",
      request.setNews(encode({ email: stray, adopt: true }, [])),
    );
    const reasons = response.getFailuresList().map((failure) => failure.getReason());
    expect(reasons.join()).to.match(/bob@elsewhere.org is declared by .* did not know of it in time/);
  });

  it("refuses an address that two resources of a program declare, naming both", async () => {
    const native = await calls();
    const check = async (name: string) => {
      const request = new proto.CheckRequest().setUrn(`urn:pulumi:test::people::wallaroo:index:User::${name}`);
      const response = await native.ask<proto.CheckResponse>("check", request.setNews(encode({ email: ann }, [])));
      return response.getFailuresList().map((failure) => failure.getReason());
    };
    expect(await check("one")).to.deep.equal([]);
    expect(await check("one")).to.deep.equal([]);
    expect((await check("two")).join()).to.match(/is declared twice, by "one" and by "two"/);
  });
});
