import { expect } from "chai";
import * as proto from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { encode } from "../../provider/native/values";
import { until } from "../emulator/until";
import { EngineCalls, listen } from "./dynamic";
import { NativeCalls, startNative } from "./native";
import { onPlatform } from "./platform";

const EMAILS = Array.from({ length: 30 }, (_, n) => `p${n}@example.com`);
const MEMBERS = Object.fromEntries(EMAILS.map((email) => [email, {}]));
/** Longer than a look and shorter by far than the time for which an account is looked for. */
const SOON_MS = 15_000;

describe("a run that the user cancels", function () {
  listen();
  this.timeout(60_000);
  const { platform, start, writes } = onPlatform();
  const invites = () => platform().requests("invite").length;

  /** Creates a team and cancels the run once `isDue`; answers what the engine is told. */
  async function cancelled(isDue: () => boolean, requestTimeoutS = 45, soonMs = SOON_MS) {
    const native = await NativeCalls.start(platform(), { requestTimeout: String(requestTimeoutS) });
    const urn = "urn:pulumi:test::people::wallaroo:index:Team::it";
    const request = new proto.CreateRequest().setUrn(urn).setProperties(encode({ members: MEMBERS }, []));
    const creating = native.ask("create", request).then(
      () => new Error("the team was created"),
      (error: unknown) => error,
    );
    await until(isDue, creating);
    const atMs = performance.now();
    await native.ask("cancel", new Empty());
    const failure = (await creating) as Error & { id?: string; properties?: Record<string, object> };
    expect(performance.now() - atMs).to.be.below(soonMs);
    return failure;
  }

  it("ends soon, begins no further member, and stores each account that was invited and never seen", async () => {
    await start({ seenAfterMs: 3_600_000, latencyMs: 30 });
    const { id = "", properties = {}, message } = await cancelled(() => invites() >= 10);
    expect(message)
      .to.match(/not tried: \d+/)
      .and.match(/not tried, because the run was cancelled/);
    const ids = properties["ids"] ?? {};
    expect(Object.keys(ids)).to.have.length(invites()).and.to.have.length.below(EMAILS.length);

    await platform().change({ seenAfterMs: 0 });
    const calls = new EngineCalls(platform, "team", {}, startNative);
    calls.kept = { id, inputs: { members: MEMBERS }, outputs: properties };
    await calls.refresh();
    expect(await calls.up({ members: MEMBERS })).to.equal("updated");
    expect(writes(), "none is invited twice").to.have.members(EMAILS.map((email) => `invite ${email}`));
  });

  it("stores each account whose invite was never answered, as it may have arrived", async () => {
    await start({ seenAfterMs: 3_600_000, latencyMs: 30 });
    platform().misbehave({ on: "invite", times: 1_000, when: "after", what: { status: 503, body: "gone" } });
    const { properties = {} } = await cancelled(() => invites() >= 4);
    const invited = new Set(writes());
    expect(Object.keys(properties["ids"] ?? {}).map((email) => `invite ${email}`)).to.have.members([...invited]);
  });

  it("ends within two request timeouts on a platform that does not answer any more", async () => {
    await start({ seenAfterMs: 3_600_000, latencyMs: 30 });
    let hung: { hits: number } | undefined;
    const isDue = () => {
      if (invites() >= 10)
        hung ??= platform().misbehave({ on: "query", times: 1_000, when: "before", what: { hang: true } });
      return hung !== undefined && hung.hits > 0;
    };
    const { properties = {} } = await cancelled(isDue, 4, 2 * 4_000 + 1_500);
    expect(Object.keys(properties["ids"] ?? {}).map((email) => `invite ${email}`)).to.have.members(writes());
  });
});
