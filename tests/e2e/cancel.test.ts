import { expect } from "chai";
import { startPlatform, type Platform } from "../emulator/platform";
import { until } from "../emulator/until";
import { CI } from "./stack";
import { PluginProject } from "./plugin-project";

const EMAILS = Array.from({ length: 30 }, (_, index) => `p${index}@example.com`);
const REQUEST_TIMEOUT_S = 6;
/** For the engine to end by itself, in seconds. */
const ENGINE_S = 5;

describe("Ctrl-C in a run of the native plugin", function () {
  this.timeout(240_000);
  before(function () {
    // There is no group of processes to send it to.
    if (process.platform === "win32") this.skip();
  });
  let platform: Platform;
  let project: PluginProject;
  beforeEach(async () => {
    platform = await startPlatform({ seenAfterMs: 3_600_000, latencyMs: 30 });
    await platform.addUser({ ...CI, admin: true });
    project = await PluginProject.create(platform, { WALLAROO_REQUEST_TIMEOUT: String(REQUEST_TIMEOUT_S) });
    const members = Object.fromEntries(EMAILS.map((email) => [email, {}]));
    const team = { type: "wallaroo:index:Team", properties: { members } };
    project.write(`resources: ${JSON.stringify({ team })}\noutputs: { ids: "\${team.ids}" }\n`);
  });
  afterEach(async () => {
    (project as PluginProject | undefined)?.remove();
    await platform.close();
  });
  const invites = () => platform.requests("invite").length;

  it("ends it within two request timeouts while the platform hangs, keeps every invite, and the next run finishes", async () => {
    const running = project.start("up", "--yes", "--skip-preview");
    await until(() => invites() >= 10, running.ended);
    // The accounts that were invited are looked for, and the platform does not answer that any more.
    platform.misbehave({ on: "query", times: 1_000, when: "before", what: { hang: true } });
    const atMs = performance.now();
    running.interrupt();
    const { code, output } = await running.ended;
    expect(performance.now() - atMs).to.be.below((2 * REQUEST_TIMEOUT_S + ENGINE_S) * 1_000);
    expect(code).to.not.equal(0);
    expect(output).to.match(/not tried, because the run was cancelled/);
    const invited = invites();
    expect(invited).to.be.below(EMAILS.length);
    const { ids, details } = (await project.stored("team")) as Record<string, Record<string, { unseen?: boolean }>>;
    expect(Object.keys(ids as object)).to.have.members(platform.written().map((line) => line.replace("invite ", "")));

    for (const email of Object.keys(ids ?? {}))
      expect(details?.[email]?.unseen, `${email} is not seen yet`).to.equal(true);

    platform.behave();
    platform.latencyMs = 0;
    await platform.change({ seenAfterMs: 0 });
    await project.pulumi("up", "--yes", "--skip-preview");
    expect(platform.written(), "none is invited twice").to.have.members(EMAILS.map((email) => `invite ${email}`));
    await project.pulumi("preview", "--expect-no-changes");
  });
});
