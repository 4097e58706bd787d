import { expect } from "chai";
import * as pulumi from "@pulumi/pulumi";
import * as lookups from "../../sdk/lookups";
import { WallarooProvider } from "../../sdk/provider";
import { startPlatform, type Platform } from "../emulator/platform";
import { CLIENT_SECRET } from "../emulator/sessions";
import { grant } from "./callers";
import { setMonitor } from "./monitor";
import { messageOf } from "./platform";

describe("the lookups", () => {
  let platform: Platform;
  beforeEach(async () => {
    platform = await startPlatform({ seed: "guide-2024" });
    await platform.addUser({ email: "off@example.com", enabled: false });
    await useProgram();
    pulumi.runtime.setAllConfig(
      { "wallaroo:url": platform.url, "wallaroo:username": "operator@example.com", "wallaroo:password": "Operate-1" },
      ["wallaroo:password"],
    );
  });
  afterEach(() => platform.close());
  /** A run of its own, which has asked nothing yet. */
  const useProgram = () =>
    setMonitor({
      newResource: ({ inputs }) => ({ id: "", state: inputs as object }),
      call: () => ({}),
    });

  it("find one account by id or by address, in any case", async () => {
    const john = await lookups.getUser({ email: " John.Hummel@wallaroo.ai" });
    expect(john).to.include({ firstName: "John", admin: true, createdAt: "2024-07-11T15:23:36.291Z" });
    expect(john.lastLogin).to.equal("2024-07-11T16:55:32.504Z");
    expect(await lookups.getUser({ id: john.id })).to.deep.equal(john);
    expect(platform.requests("query")).to.have.length(1);
  });

  it("count the seats of active and inactive accounts, in the same query as the others", async () => {
    const users = await lookups.getUsers();
    const inactive = users.filter(({ enabled, email }) => !enabled && email !== undefined).length;
    const active = users.filter(({ enabled, email }) => enabled && email !== undefined).length;
    expect(await lookups.getSeats()).to.deep.equal({ active, inactive });
    expect(inactive).to.equal(1);
    expect(platform.requests("query")).to.have.length(1);
  });

  it("say that an account is not there", async () => {
    expect(await messageOf(() => lookups.getUser({ email: "nobody@example.com" }))).to.match(
      /Could not look up nobody@example.com: .* Check it, or use getUsers\(\), which answers all accounts, and look for it there/,
    );
    expect(platform.requests("query"), "a view that is fresh is not asked for twice").to.have.length(1);
    await platform.addUser({ email: "nobody@example.com" });
    expect(await lookups.getUser({ email: "nobody@example.com" }), "but an older one is").to.include({ enabled: true });
  });

  it("list by enabled, admin and domain, and answer an empty list if none matches", async () => {
    const names = async (args: lookups.GetUsersArgs) => (await lookups.getUsers(args)).map((user) => user.username);
    expect(await names({ enabled: false })).to.deep.equal(["off@example.com"]);
    expect(await names({ admin: true })).to.deep.equal(["admin", "john.hummel@wallaroo.ai", "operator@example.com"]);
    expect(await names({ admin: false, emailDomain: "Wallaroo.AI" })).to.deep.equal(["john.hansarick@wallaroo.ai"]);
    expect(await names({ emailDomain: "nowhere.example" })).to.deep.equal([]);
  });

  it("tell who the provider runs as, also where signing in fails for a moment", async () => {
    platform.misbehave({ on: "token", when: "before", what: { status: 503, body: "" } });
    expect(await lookups.getCurrentUser()).to.include({ email: "operator@example.com", admin: true });
  });

  /** Configures a token that does not say who its bearer is. */
  async function useBareToken(scope: { scope?: string }): Promise<void> {
    await platform.change({ lightweightTokens: true });
    const fields = { grant_type: "password", username: "operator@example.com", password: "Operate-1", ...scope };
    const { body } = await grant(platform, fields);
    pulumi.runtime.setAllConfig({ "wallaroo:url": platform.url, "wallaroo:token": String(body["access_token"]) }, []);
  }

  it("tell who the provider runs as by userinfo, where the token does not", async () => {
    await useBareToken({ scope: "openid" });
    expect(await lookups.getCurrentUser()).to.include({ email: "operator@example.com" });
    expect(platform.requests("userinfo")).to.have.length(1);
  });

  it("say that nothing tells who the provider runs as, and what to do", async () => {
    await useBareToken({});
    expect(await messageOf(() => lookups.getCurrentUser())).to.match(
      /^Could not look up the account that this provider runs as: neither the tokens nor userinfo tell which one it is\. .*wallaroo:username/,
    );
  });

  it("say of a service account that the platform lists none", async () => {
    const secret = { "wallaroo:clientId": "api-client", "wallaroo:clientSecret": CLIENT_SECRET };
    pulumi.runtime.setAllConfig({ "wallaroo:url": platform.url, ...secret }, ["wallaroo:clientSecret"]);
    expect(await messageOf(() => lookups.getCurrentUser())).to.match(
      /service-account-api-client is not among the platform's users, which lists no service account/,
    );
  });

  it("work as outputs and on another platform", async () => {
    const other = await startPlatform({ operator: false });
    try {
      await other.addUser({ email: "only@there.example" });
      const provider = new WallarooProvider("other", {
        url: other.url,
        username: "admin",
        password: pulumi.secret("admin"),
      });
      const found = await new Promise((resolve) => {
        lookups.getUserOutput({ email: pulumi.output("only@there.example") }, { provider }).apply(resolve);
      });
      expect(found).to.include({ username: "only@there.example" });
      expect(await lookups.getUsers({}, { provider })).to.have.length(2);
      expect(platform.requests("query")).to.deep.equal([]);
    } finally {
      await other.close();
    }
  });

  it("call a setting as their provider does, if they fail", async () => {
    const closed = { url: "http://127.0.0.1:1", username: "admin", password: "admin", maxRetries: 0 };
    const provider = new WallarooProvider("closed", closed);
    expect(await messageOf(() => lookups.getUsers({}, { provider })))
      .to.match(/Check `url` of the WallarooProvider, the network/)
      .and.not.match(/wallaroo:|WALLAROO_/);
  });

  it("ask the provider that their parent has, as resources do, unless they name one themselves", async () => {
    const other = await startPlatform({ operator: false });
    try {
      const provider = new WallarooProvider("other", { url: other.url, username: "admin", password: "admin" });
      const site = new pulumi.ComponentResource("tests:index:Site", "site", {}, { provider });
      const parents = [site, new pulumi.ComponentResource("tests:index:Room", "room", {}, { parent: site })];
      for (const parent of parents) expect(await lookups.getUsers({}, { parent })).to.have.length(1);
      const names = await new Promise((resolve) => {
        lookups.getUsersOutput({}, { parent: site }).apply((users) => resolve(users.map(({ username }) => username)));
      });
      expect(names).to.deep.equal(["admin"]);
      expect(await lookups.getCurrentUser({ parent: site })).to.include({ username: "admin" });
      expect(platform.log).to.deep.equal([]);
      expect(other.requests("query"), "one view").to.have.length(1);
      const lone = new pulumi.ComponentResource("tests:index:Site", "lone");
      expect(await lookups.getUsers({}, { parent: lone })).to.not.have.length(1);
      const own = new WallarooProvider("own", { url: platform.url, username: "admin", password: "admin" });
      expect(await lookups.getUsers({}, { parent: site, provider: own })).to.not.have.length(1);
    } finally {
      await other.close();
    }
  });

  it("answer nothing from a list that is cut short of the account that asks", async () => {
    const people = await platform.people();
    const cut = people.filter(({ username }) => username !== "operator@example.com");
    const users = Object.fromEntries(cut.map((user) => [user.id, user]));
    platform.misbehave({ on: "query", when: "before", times: 9, what: { body: { users } } });
    const words = /Could not look up users: the platform lists all accounts without the one that this provider runs as/;
    expect(await messageOf(() => lookups.getUsers())).to.match(words);
    expect(await messageOf(() => lookups.getUsers({ enabled: false }))).to.match(words);
    expect(await messageOf(() => lookups.getUser({ email: "nobody@example.com" }))).to.match(words);
    expect(await lookups.getUser({ email: "off@example.com" }), "who is in it is there").to.include({ enabled: false });
    expect(
      platform.log.map(({ call }) => call),
      "once more for the missing one",
    ).to.deep.equal(["token", "query", "query"]);
  });

  it("do not say that an account is not there which the platform has when it is asked for its id", async () => {
    const { id } = await lookups.getUser({ email: "off@example.com" });
    const others = (await platform.people()).filter((user) => user.id !== id);
    const users = Object.fromEntries(others.map((user) => [user.id, user]));
    await useProgram();
    platform.clearLog();
    platform.misbehave({ on: "query", when: "before", what: { body: { users } } });
    expect(await messageOf(() => lookups.getUser({ id }))).to.match(
      new RegExp(
        `^Could not look up ${id}: the platform lists all accounts without this one, and yet has it .* cut short`,
      ),
    );
    expect(platform.requests("query"), "one more, by its id").to.have.length(2);
    expect(await messageOf(() => lookups.getUser({ id: "nobody" }))).to.match(/no account on the platform has this id/);
  });

  it("refuse an id or address that is not there, as of an output without an account", async () => {
    for (const args of [{ id: undefined }, { email: "" }, {}, { id: "x", email: "ann@example.com" }]) {
      const asked = args as unknown as { id: string };
      expect(await messageOf(() => lookups.getUser(asked))).to.match(/Could not look up a user: exactly one of id and/);
    }
    for (const nothing of [undefined, null]) {
      expect(await messageOf(() => lookups.getUser(nothing as unknown as { id: string }))).to.match(
        /exactly one of id/,
      );
    }
    expect(platform.log).to.deep.equal([]);
    const john = { id: null, email: "john.hummel@wallaroo.ai" } as unknown as { email: string };
    expect(await lookups.getUser(john, null as unknown as lookups.LookupOptions)).to.include({ admin: true });
    expect(await lookups.getUsers(null as unknown as lookups.GetUsersArgs)).to.not.have.length(0);
  });

  it("refuse a condition or a provider that is none, which would let all accounts through", async () => {
    const asked = { enabeld: true, admin: "yes", emailDomain: "" } as unknown as lookups.GetUsersArgs;
    expect(await messageOf(() => lookups.getUsers(asked))).to.match(
      /there is no condition enabeld, admin has to be a boolean, emailDomain is empty\. The conditions are/,
    );
    expect(await lookups.getUsers({ emailDomain: " @Wallaroo.ai" })).not.to.have.length(0);
    const provider = {} as unknown as WallarooProvider;
    expect(await messageOf(() => lookups.getUsers({}, { provider }))).to.match(/has to be a WallarooProvider/);
  });
});
