import { expect } from "chai";
import { startPlatform, type Platform } from "../emulator/platform";
import { listen, startDynamic } from "./dynamic";

const ann = "ann.lee@example.com";
const slip = "anm.lee@example.com";

type Props = Record<string, unknown>;

describe("an invite to an address one letter away from that of an active account", () => {
  let platform: Platform;
  const said = listen();
  /** Without the name of the team. */
  const asked = () => said().filter((line) => line.includes("Did you mean")).map((line) => line.replace(/^.*: /, "")); // prettier-ignore
  const warning = (email: string, near: string) =>
    `${email} is not on the platform and gets invited. Did you mean ${near}, which is active there?`;
  beforeEach(async () => {
    platform = await startPlatform();
    await platform.addUser({ email: ann });
    await platform.addUser({ email: "off@example.com", enabled: false });
  });
  afterEach(() => platform.close());

  it("asks whether that one is meant, in preview and once at apply, and costs no request more", async () => {
    const preview = await startDynamic(platform);
    await preview.user.check({}, { email: " Anm.Lee@example.com" });
    expect(asked()).to.deep.equal([warning(slip, ann)]);
    expect(platform.log.map(({ call }) => call)).to.deep.equal(["token", "query"]);
    const { user } = await startDynamic(platform);
    await user.check({}, { email: slip });
    const { inputs } = (await user.check({}, { email: slip })) as { inputs: Props };
    await user.create(inputs);
    expect(asked().slice(1)).to.deep.equal([warning(slip, ann)]);
    expect(platform.requests("invite")).to.have.length(1);
  });

  it("asks so for a member of a team, new or joining", async () => {
    const { team } = await startDynamic(platform);
    const members = { [slip]: {}, "bob@example.com": {} };
    await team.check({}, { members });
    expect(asked()).to.deep.equal([warning(slip, ann)]);
    const later = await startDynamic(platform);
    const { outs } = (await later.team.create({ members: { "bob@example.com": {} } })) as { outs: Props };
    await later.team.check({ members: { "bob@example.com": {} } }, { members });
    await later.team.diff("team", outs, { members });
    expect(asked().slice(1)).to.deep.equal([warning(slip, ann)]);
  });

  it("asks so for the new address of a user, but not when it corrects the one that is replaced", async () => {
    const { user } = await startDynamic(platform);
    const { id, outs } = (await user.create({ email: "bob@example.com", enabled: true })) as {
      id: string;
      outs: Props;
    };
    await user.check({ email: "bob@example.com" }, { email: "bobb@example.com" });
    await user.diff(id, outs, { email: "bobb@example.com", enabled: true });
    // As the engine does before it replaces.
    await user.check({}, { email: "bobb@example.com" });
    expect(asked()).to.deep.equal([]);
    await user.diff(id, outs, { email: slip, enabled: true });
    await user.check({}, { email: slip });
    expect(asked()).to.deep.equal([warning(slip, ann)]);
  });

  it("does not ask when a member is corrected, nor beside a deactivated account or one that this run has invited", async () => {
    const { team, user } = await startDynamic(platform);
    const { outs } = (await team.create({ members: { "cleo@example.com": {} } })) as { outs: Props };
    const corrected = { "cleoh@example.com": {}, "offf@example.com": {}, "cleoo@example.com": {} };
    await team.check({ members: { "cleo@example.com": {} } }, { members: corrected });
    await team.diff("team", outs, { members: corrected });
    await user.create({ email: "dave@example.com", enabled: true });
    await user.check({}, { email: "davie@example.com" });
    expect(asked()).to.deep.equal([]);
  });

  it("does not ask about an address that is taken", async () => {
    await platform.addUser({ email: slip, enabled: false });
    const { user } = await startDynamic(platform);
    await user.check({}, { email: slip });
    expect(asked()).to.deep.equal([]);
  });

  it("says at most 20 lines, and none for a thousand that only differ by a number", async () => {
    const rows = Array.from({ length: 1_000 }, (_, index) => `user${index}@example.com`);
    const names = [..."abcdefghijklmnopqrstuvwxyz"].map((letter) => `${letter}nn.lee@example.com`);
    await platform.addUser({ email: "user@example.com" });
    await platform.addUser({ email: "user1000@example.com" });
    const { team } = await startDynamic(platform);
    await team.check({}, { members: Object.fromEntries(rows.map((email) => [email, {}])) });
    expect(asked()).to.deep.equal([]);
    const others = names.filter((email) => email !== ann);
    await team.check({}, { members: Object.fromEntries(others.map((email) => [email, {}])) });
    expect(asked()).to.have.length(20);
    expect(said().at(-2)).to.match(/: 5 more invited, not listed\.$/);
  });
});
