import { expect } from "chai";
import * as pulumi from "@pulumi/pulumi";
import sinon from "sinon";
import { declare } from "../../sdk/declarations";
import { WallarooProvider, type WallarooProviderArgs } from "../../sdk/provider";
import { WallarooUser } from "../../sdk/user";
import * as lookups from "../../sdk/lookups";
import { startPlatform, type Platform } from "../emulator/platform";
import { setMonitor } from "./monitor";

describe("a key of the configuration that is no setting", () => {
  let warn: sinon.SinonStub;
  let platform: Platform;
  beforeEach(async () => {
    platform = await startPlatform();
    warn = sinon.stub(console, "warn");
  });
  afterEach(async () => {
    warn.restore();
    await platform.close();
  });
  const said = () => warn.args.map(([line]) => String(line).replace("warning: [runtime] ", ""));
  const run = async (config: Record<string, string>, project = "people") => {
    warn.resetHistory();
    const mocks = { newResource: ({ name }: { name: string }) => ({ id: name, state: {} }), call: () => ({}) };
    await setMonitor(mocks, project);
    const minimum = { url: platform.url, username: "operator@example.com", password: "Operate-1" };
    pulumi.runtime.setAllConfig({
      ...Object.fromEntries(Object.entries(minimum).map(([key, value]) => [`wallaroo:${key}`, value])),
      ...config,
    });
  };
  const declareUser = (opts: pulumi.CustomResourceOptions = {}) =>
    declare({ name: "ann", type: WallarooUser.type, opts }, ["ann@example.com"], "of its own");

  it("is named once per run with the nearest setting, whatever asks first", async () => {
    const config = { "wallaroo:protectedEmail": "boss@example.com", "people:region": "x", "aws:regoin": "y" };
    const words =
      "wallaroo:protectedEmail is not a setting of pulumi-wallaroo and has no effect; did you mean wallaroo:protectedEmails?";
    await run(config);
    await declareUser();
    await lookups.getUsers();
    await declareUser();
    expect(said()).to.deep.equal([words]);
    await run(config);
    await lookups.getUsers();
    expect(said()).to.deep.equal([words]);
    await declareUser();
    expect(said()).to.deep.equal([words]);
  });

  it("is named by what it is nearest to, in any spelling and by the variable too", async () => {
    const nearest = {
      protectedemails: "protectedEmails",
      "auth-url": "authUrl",
      user: "username",
      timeout: "requestTimeout",
      readonly: "readOnly",
      maxConcurency: "maxConcurrency",
      client_secret: "clientSecret",
      retries: "maxRetries",
    };
    await run(Object.fromEntries(Object.keys(nearest).map((key) => [`wallaroo:${key}`, "x"])));
    await declareUser();
    const meant: Record<string, string | undefined> = Object.fromEntries(
      said().map((line) => [/^wallaroo:(\S+) is/.exec(line)?.[1] ?? "", /mean wallaroo:(\w+)\?/.exec(line)?.[1]]),
    );
    expect(meant).to.deep.equal(nearest);
  });

  it("may be the program's own in a project that is called wallaroo, which is said then alone", async () => {
    await run({ "wallaroo:region": "eu" }, "wallaroo");
    await declareUser();
    expect(said()).to.have.length(1);
    expect(said()[0]).to.match(
      /did you mean wallaroo:realm\? If it is a key of this program, .* there is nothing to do/,
    );
  });

  it("is not looked for where every setting is known, nor for resources of an explicit provider", async () => {
    await run({});
    await declareUser();
    expect(said()).to.deep.equal([]);
    await run({ "wallaroo:protectedEmail": "boss@example.com" });
    const provider = new WallarooProvider("own", { url: platform.url, token: "t" });
    await declareUser({ provider });
    expect(said()).to.deep.equal([]);
  });

  it("is named among the inputs of an explicit provider", async () => {
    await run({});
    const args = { url: platform.url, token: "t", seatlimit: 3, maxRetries: 1 } as WallarooProviderArgs;
    new WallarooProvider("own", args);
    expect(said()).to.deep.equal([
      "`seatlimit` is not an input of a WallarooProvider and has no effect; did you mean `seatLimit`?",
    ]);
  });
});
