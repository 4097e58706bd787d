import { expect } from "chai";
import sinon from "sinon";
import type { TeamState } from "../../provider/team/model";
import { View } from "../../provider/user/view";
import { messageOf, onPlatform } from "./platform";

const MEMBERS = 60;

describe("a team whose members all leave", function () {
  this.timeout(60_000);
  const { platform, start, writes } = onPlatform();
  const emails = Array.from({ length: MEMBERS }, (_, index) => `p${index}@example.com`);
  afterEach(() => sinon.restore());

  function stateOf(ids: Record<string, string>): TeamState {
    return { ids, adopted: {}, initialPasswords: {}, details: {} };
  }

  it("finds the default workspace of each without going through those of all others for it", async () => {
    const { team } = await start({}, { "wallaroo:endSessions": "off" });
    const ids: Record<string, string> = {};
    for (const email of emails) {
      ids[email] = await platform().addUser({ email });
      await platform().addDefaultWorkspace(email);
      platform().workspace(`${email} - Default Workspace`).models.push(7);
    }
    const looks = sinon.spy(View.prototype, "findAllByEmail");
    await team.delete(stateOf(ids), "it");
    expect(writes()).to.have.length(MEMBERS);
    expect(platform().requests("workspaces/list_users")).to.have.length(MEMBERS);
    expect(looks.callCount).to.be.lessThan(10 * MEMBERS);
  });

  it("is refused on another platform without looking for all members once for each", async () => {
    const { team } = await start();
    const ids = Object.fromEntries(emails.map((email, index) => [email, `id-${index}`]));
    const looks = sinon.spy(View.prototype, "findById");
    const message = await messageOf(() => team.read(stateOf(ids), "it"));
    expect(message).to.include(`${MEMBERS} accounts: not one of these accounts, which the state knows, is on`);
    expect(looks.callCount).to.be.lessThan(10 * MEMBERS);
  });
});
