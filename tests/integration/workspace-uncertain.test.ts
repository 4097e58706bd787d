import { expect } from "chai";
import { OPERATOR } from "../emulator/seeds";
import { EngineCalls, listen } from "./dynamic";
import { messageOf, onPlatform } from "./platform";

const ann = "ann@example.com";
const inputs = { workspace: "churn", user: ann };
const outage = { status: 503, body: "" };

describe("a write to a workspace of which the answer is lost", () => {
  const { platform, start, writes } = onPlatform();
  listen();
  let calls: EngineCalls;
  beforeEach(async () => {
    await start();
    await platform().addUser({ email: ann });
    await platform().addWorkspace("churn", { owners: [OPERATOR.email] });
    calls = new EngineCalls(platform, "workspaceMember", { "wallaroo:maxRetries": "0" });
  });
  const members = () => platform().membersOf("churn");
  const fail = (on: "workspaces/add_user" | "workspaces/remove_user" | "workspaces/list_users", nth = 1) =>
    platform().misbehave({ on, nth, when: "after", what: outage });

  it("is done if a look shows it, and is not sent again", async () => {
    fail("workspaces/add_user");
    await calls.up(inputs);
    expect(calls.kept?.outputs).to.not.have.property("unfinished");
    fail("workspaces/add_user");
    await calls.up({ ...inputs, role: "OWNER" });
    fail("workspaces/remove_user");
    await calls.destroy();
    expect(writes()).to.have.length(3);
    expect(await members()).to.deep.equal({ [OPERATOR.email]: "OWNER" });
  });

  it("is stored as unfinished if the look fails too, and the next up looks and sends nothing more", async () => {
    fail("workspaces/list_users", 2);
    expect(await messageOf(() => calls.up(inputs))).to.match(
      /^Could not confirm ann@example.com in workspace "churn": whether it is so could not be looked at: .* Run `pulumi refresh`/,
    );
    expect(calls.kept?.outputs).to.include({ unfinished: true, adopted: false });
    expect(await calls.preview(inputs), "whatever is declared").to.equal("updated");
    expect(await calls.up(inputs)).to.equal("updated");
    expect(calls.kept?.outputs).to.not.have.property("unfinished");
    expect(writes()).to.have.length(1);
    await calls.destroy();
    expect(await members()).to.deep.equal({ [OPERATOR.email]: "OWNER" });
  });

  it("is stored as unfinished if it was not done, and the next up does it", async () => {
    platform().misbehave({ on: "workspaces/add_user", when: "before", what: outage });
    expect(await messageOf(() => calls.up(inputs))).to.match(/^Could not add ann@example.com to workspace "churn":/);
    expect(calls.kept?.outputs).to.include({ unfinished: true });
    expect(await calls.up(inputs)).to.equal("updated");
    expect(await members()).to.include({ [ann]: "COLLABORATOR" });
  });

  it("is stored as unfinished if the answer was good and a look shows nothing of it", async () => {
    platform().misbehave({ on: "workspaces/add_user", when: "before", what: { status: 200, body: {} } });
    expect(await messageOf(() => calls.up(inputs))).to.match(/^Could not confirm ann.*the account is not a member of/);
    expect(calls.kept?.outputs).to.include({ unfinished: true });
    await calls.refresh();
    expect(calls.kept, "refresh shows that it is not there").to.equal(undefined);
    expect(await calls.up(inputs)).to.equal("created");
  });

  it("is not stored if the platform refused it", async () => {
    const refused = { status: 400, body: { msg: "no", code: 400 } };
    platform().misbehave({ on: "workspaces/add_user", when: "before", what: refused });
    expect(await messageOf(() => calls.up(inputs))).to.match(/^Could not add ann.*: no \(HTTP 400\)\./);
    expect(calls.kept).to.equal(undefined);
  });

  it("is not called done at destroy while the account is shown as a member", async () => {
    await calls.up(inputs);
    platform().misbehave({ on: "workspaces/remove_user", when: "before", what: { body: { affected_rows: 1 } } });
    expect(await messageOf(() => calls.destroy())).to.match(
      /the account is still a member as COLLABORATOR of workspace/,
    );
    await calls.destroy();
    expect(await members()).to.deep.equal({ [OPERATOR.email]: "OWNER" });
  });
});
