import { expect } from "chai";
import { messageOf } from "./platform";
import { ann, bob, inBoth, of, reasonsOf, onTeamWorkspaces } from "./team-workspaces";

describe("the workspaces of a team's members, if a step is done by halves,", () => {
  const { platform, writes, team, beginWith, configure, roles, counts, stored } = onTeamWorkspaces();

  it("store what was done when some fail, and the next up does the rest", async () => {
    await beginWith({ [ann]: {}, [bob]: {} });
    const id = (await platform().findByEmail(bob))?.id ?? "";
    const what = { status: 400, body: { msg: "no", code: 400 } };
    platform().misbehave({ on: "workspaces/add_user", who: id, times: 99, when: "before", what });
    const news = of({ [ann]: { workspaces: inBoth }, [bob]: { workspaces: { churn: "OWNER" } } });
    expect(await reasonsOf(() => team().up(news))).to.match(
      /1 member failed of 3\..*bob@example\.com to workspace "churn"/s,
    );
    expect(stored(ann)).to.have.all.keys("churn", "fraud");
    expect(stored(bob)).to.equal(undefined);
    platform().behave();
    platform().clearLog();
    await team().up(news);
    expect(writes()).to.have.length(1);
    expect(await roles()).to.deep.equal({ [ann]: "OWNER", [bob]: "OWNER" });
  });

  it("take nothing away while something could not be given", async () => {
    await beginWith({ [ann]: { workspaces: inBoth }, [bob]: {} });
    const what = { status: 400, body: { msg: "no", code: 400 } };
    platform().misbehave({ on: "workspaces/add_user", times: 99, when: "before", what });
    await messageOf(() => team().up(of({ [ann]: {}, [bob]: { workspaces: { churn: "OWNER" } } })));
    expect(counts()[3]).to.equal(0);
    expect(stored(ann)).to.have.all.keys("churn", "fraud");
  });

  it("are looked at when the answer was lost, and not given twice", async () => {
    await beginWith({ [ann]: {} });
    platform().misbehave({ on: "workspaces/add_user", when: "after", what: { reset: true } });
    await team().up(of({ [ann]: { workspaces: { churn: "COLLABORATOR" } } }));
    expect(await roles()).to.deep.equal({ [ann]: "COLLABORATOR" });
    expect(await team().up(of({ [ann]: { workspaces: { churn: "COLLABORATOR" } } }))).to.equal("unchanged");
  });

  it("that may have been given are stored so, and looked at by the next up", async () => {
    await beginWith({ [ann]: {} });
    configure({ "wallaroo:maxRetries": "0" });
    platform().misbehave({ on: "workspaces/add_user", when: "after", what: { status: 502 } });
    platform().misbehave({ on: "workspaces/list_users", nth: 2, times: 9, when: "before", what: { status: 502 } });
    const news = of({ [ann]: { workspaces: { churn: "OWNER" } } });
    expect(await reasonsOf(() => team().up(news))).to.match(
      /ann@example\.com in workspace "churn".*could not be looked at/,
    );
    expect(stored(ann)).to.deep.equal({ churn: { id: 1, role: "OWNER", unfinished: true } });
    platform().behave();
    platform().clearLog();
    expect(await team().up(news)).to.equal("updated");
    expect(writes()).to.deep.equal([]);
    expect(stored(ann)).to.deep.equal({ churn: { id: 1, role: "OWNER" } });
  });

  it("finish for a member whose memberships could not be taken away when it left", async () => {
    await beginWith({ [ann]: { workspaces: inBoth }, [bob]: {} });
    const what = { status: 400, body: { msg: "no", code: 400 } };
    platform().misbehave({ on: "workspaces/remove_user", times: 99, when: "before", what });
    expect(await reasonsOf(() => team().up(of({ [bob]: {} })))).to.match(/remove ann@example\.com from workspace/);
    expect(stored(ann)).to.have.all.keys("churn", "fraud");
    platform().behave();
    // Declared again, it is brought back.
    await team().up(of({ [ann]: { workspaces: inBoth }, [bob]: {} }));
    expect(await platform().findByEmail(ann)).to.include({ enabled: true });
    await team().up(of({ [bob]: {} }));
    expect([await roles(), await roles("fraud")]).to.deep.equal([{}, {}]);
    expect(team().kept?.outputs["ids"]).to.have.all.keys(bob);
  });
});
