import { expect } from "chai";
import { listen, startDynamic, type Verbs } from "./dynamic";
import { NativeCalls } from "./native";
import * as proto from "@pulumi/pulumi/proto/provider_pb";
import { encode } from "../../provider/native/values";
import { messageOf, onPlatform } from "./platform";
import { restoreEnvironment } from "../restored-environment";

const EXPLICIT = { "wallaroo:explicit": "true" };
const CLOSED = "http://127.0.0.1:1";
const ann = { email: "ann@example.com" };
/** A name that only the stack's configuration or the environment has. */
const OTHER_NAMES = /wallaroo:|WALLAROO_/;

describe("a message that names a setting", () => {
  const { platform, start } = onPlatform();
  const said = listen();
  beforeEach(() => start({ seed: "guide-2024" }));
  let before: NodeJS.ProcessEnv;
  beforeEach(() => (before = { ...process.env }));
  afterEach(() => restoreEnvironment(before));

  const adapters: [string, (config: Record<string, string>) => Promise<{ user: Verbs; team: Verbs }>][] = [
    ["dynamic", (config) => startDynamic(platform(), { ...config, ...EXPLICIT })],
    [
      "native",
      async (config) => {
        const calls = await NativeCalls.start(platform(), config, "prod");
        return { user: calls.verbs("User"), team: calls.verbs("Team") };
      },
    ],
  ];
  const failures: [Record<string, string>, RegExp][] = [
    [{ "wallaroo:url": CLOSED }, /Check `url` of the WallarooProvider, the network/],
    [{ "wallaroo:authUrl": CLOSED }, /Check `url` of the WallarooProvider, the network/],
    [
      { "wallaroo:password": "wrong" },
      /Check `username` of the WallarooProvider and `password` of the WallarooProvider\./,
    ],
    [{ "wallaroo:realm": "none" }, /Check `authUrl` of the WallarooProvider and `realm` of the WallarooProvider: no/],
    [{ "wallaroo:seatLimit": "1" }, /`seatLimit` of the WallarooProvider are taken.*raise `seatLimit` of the/],
    [
      { "wallaroo:maxRetries": "x" },
      /`maxRetries` of the WallarooProvider must be.*use its inputs of the last pulumi up/,
    ],
  ];
  for (const [adapter, begin] of adapters) {
    for (const [config, words] of failures) {
      const key = Object.keys(config).join();
      it(`calls it as the explicit provider does, in the ${adapter} adapter: ${key}`, async () => {
        const { user, team } = await begin({ "wallaroo:maxRetries": "0", ...config });
        const messages = [
          await messageOf(() => user.create({ ...ann, enabled: true })),
          await messageOf(() => team.create({ members: { [ann.email]: { enabled: true } } })),
        ];
        for (const message of messages) expect(message).to.match(words).and.not.match(OTHER_NAMES);
        const checked = await user.check({}, { ...ann, __declared: { key: "1", name: "it" } });
        const reasons = [...(checked.failures ?? []).map(({ reason }) => reason), ...said()].join("\n");
        expect(reasons).to.match(words).and.not.match(OTHER_NAMES);
      });
    }
  }

  it("calls it as the explicit provider does in refusals that a preview gathers, of a user and of a team", async () => {
    const config = { "wallaroo:protectedEmails": "boss@example.com", ...EXPLICIT };
    await platform().addUser({ email: "boss@example.com" });
    const off = { enabled: false, adopt: true };
    const declared = { key: "1", name: "it", gathers: true };
    const process = () => startDynamic(platform(), config);
    const checks = [
      await (await process()).user.check({}, { email: "boss@example.com", ...off, __declared: declared }),
      await (await process()).team.check({}, { members: { "boss@example.com": off }, __declared: declared }),
    ];
    for (const { inputs, failures } of checks) {
      const told = JSON.stringify([inputs, failures]);
      expect(told)
        .to.match(/`protectedEmails` of the WallarooProvider protects it/)
        .and.not.match(OTHER_NAMES);
    }
  });

  it("calls it as the explicit provider does in warnings", async () => {
    await start({ seed: "guide-2022" });
    await platform().addUser(ann);
    const { user } = await startDynamic(platform(), EXPLICIT);
    await user.check({}, { ...ann, enabled: false, adopt: true, __declared: { key: "1", name: "it" } });
    expect(said().join("\n"))
      .to.match(/in `protectedEmails` of the WallarooProvider/)
      .and.not.match(OTHER_NAMES);
  });

  it("calls it as the explicit provider does after a lookup by the plugin", async () => {
    const calls = await NativeCalls.start(platform(), { "wallaroo:url": CLOSED, "wallaroo:maxRetries": "0" }, "prod");
    const invoke = new proto.InvokeRequest().setTok("wallaroo:index:getUsers").setArgs(encode({}, []));
    expect(await messageOf(() => calls.ask("invoke", invoke)))
      .to.match(/Check `url` of the WallarooProvider, the network/)
      .and.not.match(OTHER_NAMES);
  });

  it("says the variable first if the value comes from the environment, and the key first if from the stack", async () => {
    const config = { "wallaroo:url": "", "wallaroo:username": "", "wallaroo:maxRetries": "0" };
    Object.assign(process.env, {
      WALLAROO_URL: CLOSED,
      WALLAROO_AUTH_URL: `${platform().url}/auth`,
      WALLAROO_USER: "ann",
    });
    const signIn = (await startDynamic(platform(), { ...config, "wallaroo:password": "wrong" })).user;
    expect(await messageOf(() => signIn.create({ ...ann, enabled: true }))).to.include(
      "Check WALLAROO_USER (wallaroo:username) and wallaroo:password (WALLAROO_PASSWORD).",
    );
    process.env["WALLAROO_USER"] = "operator@example.com";
    expect(
      await messageOf(async () => (await startDynamic(platform(), config)).user.create({ ...ann, enabled: true })),
    ).to.include("Check WALLAROO_URL (wallaroo:url), the network");
  });
});
