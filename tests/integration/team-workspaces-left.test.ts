import { expect } from "chai";
import { OPERATOR } from "../emulator/seeds";
import { messageOf } from "./platform";
import { ann, bob, cleo, inBoth, of, onTeamWorkspaces } from "./team-workspaces";

describe("the workspaces of members that leave a team", () => {
  const { platform, writes, said, team, begin, beginWith, configure, roles } = onTeamWorkspaces();

  it("keep the last owner of a workspace, by the whole plan", async () => {
    await begin();
    await platform().addWorkspace("own", { owners: [OPERATOR.email] });
    await team().up(of({ [ann]: { workspaces: { own: "OWNER" } }, [bob]: { workspaces: { own: "COLLABORATOR" } } }));
    await platform().setMember("own", OPERATOR.email, undefined);
    platform().clearLog();
    for (const roles of [undefined, "COLLABORATOR"]) {
      const workspaces = roles === undefined ? {} : { own: roles };
      const news = of({ [ann]: { workspaces }, [bob]: { workspaces: { own: "COLLABORATOR" } } });
      expect(await messageOf(() => team().preview(news))).to.match(
        /ann@example\.com .*no other owner of it that can be seen would be left/,
      );
      expect(await messageOf(() => team().up(news))).to.match(/no other owner/);
    }
    expect(writes()).to.deep.equal([]);
    // Of two owners one has to stay.
    await team().up(of({ [ann]: { workspaces: { own: "OWNER" } }, [bob]: { workspaces: { own: "OWNER" } } }));
    platform().clearLog();
    const both = await messageOf(() => team().preview(of({ [ann]: {}, [bob]: {} })));
    expect(both.match(/no other (account|owner)/g)).to.have.length(1);
    // Another one becomes an owner in the same step, who may only just join.
    await team().up(of({ [ann]: { workspaces: { own: "COLLABORATOR" } }, [bob]: { workspaces: { own: "OWNER" } } }));
    expect(await platform().membersOf("own")).to.deep.equal({ [ann]: "COLLABORATOR", [bob]: "OWNER" });
    await team().up(of({ [ann]: {}, [bob]: {}, [cleo]: { workspaces: { own: "OWNER" } } }));
    expect(await platform().membersOf("own")).to.deep.equal({ [cleo]: "OWNER" });
    // The only other owner is cut off in the same step.
    await team().up(of({ [ann]: { workspaces: { own: "OWNER" } }, [cleo]: { workspaces: { own: "OWNER" } } }));
    platform().clearLog();
    for (const cut of [{ [cleo]: { enabled: false, workspaces: { own: "OWNER" } } }, {}]) {
      const message = await messageOf(() => team().preview(of({ [ann]: {}, ...cut })));
      expect(message).to.match(/remove ann@example\.com from workspace "own": no other/);
    }
    expect(writes()).to.deep.equal([]);
  });

  it("go with a member that leaves, after its account is cut off", async () => {
    await beginWith({ [ann]: { workspaces: inBoth }, [bob]: { workspaces: { fraud: "OWNER" } } });
    await team().up(of({ [bob]: { workspaces: { fraud: "OWNER" } } }));
    expect([await roles(), await roles("fraud")]).to.deep.equal([{}, { [bob]: "OWNER" }]);
    expect(writes()[0]).to.equal(`deactivate ${ann}`);
    await team().destroy();
    expect(await roles("fraud")).to.deep.equal({});
  });

  it("stay with a member that is only deactivated, and with one that is retained", async () => {
    await beginWith({
      [ann]: { workspaces: inBoth },
      [bob]: { onDestroy: "retain", workspaces: { churn: "COLLABORATOR" } },
    });
    await team().up(of({ [ann]: { enabled: false, workspaces: inBoth } }));
    expect(await roles()).to.deep.equal({ [ann]: "OWNER", [bob]: "COLLABORATOR" });
    expect(writes()).to.deep.equal([`deactivate ${ann}`]);
  });

  it("are put back as found when an adopted member leaves", async () => {
    await begin();
    await platform().addUser({ email: ann });
    await platform().setMember("churn", ann, "COLLABORATOR");
    await team().up(of({ [ann]: { adopt: true, workspaces: inBoth } }));
    await team().destroy();
    expect([await roles(), await roles("fraud")]).to.deep.equal([{ [ann]: "COLLABORATOR" }, {}]);
    expect(await platform().findByEmail(ann)).to.include({ enabled: true });
  });

  it("are handed over before the only owner leaves, and kept by one that nobody follows", async () => {
    await begin();
    for (const name of ["own", "kept"]) await platform().addWorkspace(name, { models: 1 });
    await team().up(
      of({
        [ann]: { handOver: bob, workspaces: { own: "OWNER" } },
        [bob]: {},
        [cleo]: { workspaces: { kept: "OWNER" } },
      }),
    );
    platform().clearLog();
    said().length = 0;
    await team().up(of({ [bob]: {} }));
    expect(await platform().membersOf("own")).to.deep.equal({ [bob]: "OWNER" });
    expect(await platform().membersOf("kept")).to.deep.equal({ [cleo]: "OWNER" });
    const lines = said().join("\n");
    expect(lines).to.match(/cleo@example\.com alone owns kept \(1 model, 0 pipelines\): left without/);
    expect(lines).to.match(/remove cleo@example\.com from workspace "kept": .* It stays a member, and/);
  });

  it("count as owned if another member becomes an owner in the same step", async () => {
    await begin();
    await platform().addWorkspace("own");
    await team().up(of({ [ann]: { onSoleOwner: "refuse", workspaces: { own: "OWNER" } }, [bob]: {} }));
    said().length = 0;
    await team().up(of({ [bob]: { workspaces: { own: "OWNER" } } }));
    expect(await platform().membersOf("own")).to.deep.equal({ [bob]: "OWNER" });
    expect(said().filter((line) => line.includes("alone owns"))).to.deep.equal([]);
  });

  it("do not hold up the departure of a member when the workspace is not shown any more", async () => {
    await beginWith({ [ann]: { workspaces: inBoth }, [bob]: {} });
    await platform().change({ adminSees: "own" });
    await platform().setMember("churn", OPERATOR.email, undefined);
    await team().up(of({ [bob]: {} }));
    expect(said().join("\n")).to.match(
      /ann@example\.com in workspace "churn": .*does not see workspace 1 .* It stays a member, and is no longer managed/,
    );
    expect(await roles("fraud")).to.deep.equal({});
    expect(team().kept?.outputs["ids"]).to.have.all.keys(bob);
  });

  it("go along with members that are handed over one at a time", async () => {
    await begin();
    await platform().addWorkspace("own");
    configure({ "wallaroo:maxConcurrency": "1" });
    const leaver = { handOver: bob, workspaces: { own: "OWNER", churn: "COLLABORATOR" } };
    await team().up(of({ [ann]: leaver, [cleo]: leaver, [bob]: {} }));
    await team().up(of({ [bob]: {} }));
    expect(await platform().membersOf("own")).to.deep.equal({ [bob]: "OWNER" });
  });
});
