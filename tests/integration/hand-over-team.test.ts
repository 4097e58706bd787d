import { expect } from "chai";
import { OPERATOR } from "../emulator/seeds";
import { EngineCalls, listen, startDynamic } from "./dynamic";
import { ann, bob, cleo, plantWorkspaces } from "./owners";
import { messageOf, onPlatform } from "./platform";

describe("a member that alone owns workspaces and is cut off", () => {
  const { platform, start, writes } = onPlatform();
  const said = listen();
  let team: EngineCalls;
  async function begin(): Promise<void> {
    await start();
    team = new EngineCalls(platform, "team");
    await plantWorkspaces(platform());
  }
  const alone = () => said().filter((line) => line.includes("alone owns"));
  const looks = () =>
    (["workspaces/list", "workspaces/list_users"] as const).map((call) => platform().requests(call).length);

  const members = (more: Record<string, object>) => ({ members: more, adopt: true, onDestroy: "deactivate" });
  async function beginTeam(more: Record<string, object>): Promise<void> {
    await begin();
    await team.up(members(more));
    platform().clearLog();
    said().length = 0;
  }

  it("is announced once for each member that leaves, with one look at each workspace", async () => {
    await beginTeam({ [ann]: {}, [bob]: {}, [cleo]: {} });
    await team.preview(members({ [cleo]: {} }));
    expect(alone()).to.have.length(2);
    expect(alone()[0]).to.match(/^team "it": ann@example\.com alone owns .*shared/);
    expect(alone()[1]).to.match(/^team "it": bob@example\.com alone owns shared/);
    expect(looks()).to.deep.equal([1, 3]);
  });

  it("hands over at up, and cuts off after it", async () => {
    await beginTeam({ [ann]: { handOver: cleo }, [bob]: { handOver: cleo }, [cleo]: {} });
    await team.up(members({ [cleo]: {} }));
    expect(await platform().membersOf("shared")).to.include({ [cleo]: "OWNER" });
    expect(await platform().membersOf("churn")).to.include({ [cleo]: "OWNER" });
    for (const email of [ann, bob]) {
      const sent = writes();
      const first = sent.findIndex((write) => write === `deactivate ${email}`);
      expect(first).to.be.greaterThan(0);
    }
    expect(writes().filter((write) => write.startsWith("workspaces/add_user"))).to.have.length(3);
  });

  it("refuses all of it before anything is sent if one can't be cut off", async () => {
    await beginTeam({ [ann]: { onSoleOwner: "refuse" }, [bob]: { handOver: ann }, [cleo]: {} });
    const dana = "dana@example.com";
    const news = members({ [cleo]: {}, [dana]: {} });
    for (const leave of [() => team.preview(news), () => team.up(news), () => team.destroy()]) {
      const message = await messageOf(leave);
      expect(message).to.match(/deactivate ann@example\.com: it alone owns .*onSoleOwner is "refuse"/);
      expect(message).to.match(
        /deactivate bob@example\.com: it alone owns shared .* whose account is cut off in this run, too/,
      );
    }
    expect(writes()).to.deep.equal([]);
  });

  it("hands over to a member that joins in the same up", async () => {
    const dana = "dana@example.com";
    await beginTeam({ [ann]: { handOver: dana }, [bob]: {} });
    const news = members({ [bob]: {}, [dana]: {} });
    await team.preview(news);
    expect(alone()[0]).to.match(/handed over to dana@example\.com first/);
    await team.up(news);
    expect(await platform().membersOf("churn")).to.include({ [dana]: "OWNER" });
    // One that only joins after the member was to be cut off is too late.
    const late = { [bob]: { enabled: false, handOver: "eve@example.com" }, [dana]: {}, "eve@example.com": {} };
    await platform().addWorkspace("late", { owners: [bob] });
    platform().clearLog();
    for (const leave of [() => team.preview(members(late)), () => team.up(members(late))]) {
      expect(await messageOf(leave)).to.match(/eve@example\.com, which no account has/);
    }
    expect(writes()).to.deep.equal([]);
  });

  it("hands over to a member that is activated again in the same up", async () => {
    await beginTeam({ [ann]: { handOver: cleo }, [bob]: {}, [cleo]: { enabled: false } });
    const news = members({ [bob]: {}, [cleo]: {} });
    await team.preview(news);
    await team.up(news);
    expect(await platform().membersOf("churn")).to.include({ [cleo]: "OWNER" });
    expect(writes().at(-1)).to.equal(`deactivate ${ann}`);
  });

  it("is looked at again at up, before anything is sent", async () => {
    await beginTeam({ [ann]: { handOver: cleo }, [bob]: {}, [cleo]: {} });
    const { id, inputs, outputs } = team.kept as NonNullable<typeof team.kept>;
    const { team: provider } = await startDynamic(platform());
    const given = { ...members({ [cleo]: {}, "dana@example.com": {} }), __declared: { key: "1", name: "it" } };
    const news = (await provider.check(inputs, given)).inputs as Record<string, unknown>;
    expect(await provider.diff(id, outputs, news)).to.include({ changes: true });
    await platform().setEnabled(cleo, false);
    const { team: later } = await startDynamic(platform());
    expect(await messageOf(() => later.update(id, outputs, news))).to.match(
      /not all accounts that leave it can be deactivated\. Nothing was sent\..*cleo@example\.com, whose account is deactivated/s,
    );
    expect(writes()).to.deep.equal([]);
  });

  it("is announced for unmanaged accounts that are cut off", async () => {
    await begin();
    const news = { members: { [OPERATOR.email]: { adopt: true, onDestroy: "retain" }, [cleo]: { adopt: true } } };
    await platform().addUser({ email: "chief@example.com", admin: true });
    const all = { ...news, unmanagedDomain: "example.com", maxDepartures: 9 };
    const chief = { "chief@example.com": { adopt: true } };
    const more = { ...all, members: { ...all.members, ...chief } };
    await team.up({ ...more, ifUnmanaged: "report" });
    said().length = 0;
    await team.preview({ ...more, ifUnmanaged: "deactivate" });
    expect(alone().join("\n")).to.match(/ann@example\.com alone owns/);
    await team.up({ ...more, ifUnmanaged: "deactivate" });
    expect(writes()).to.include(`deactivate ${ann}`);
  });

  it("asks nothing about workspaces when members only join or change", async () => {
    await beginTeam({ [ann]: {}, [bob]: {} });
    await team.up(members({ [ann]: { handOver: bob }, [bob]: {}, "dana@example.com": {} }));
    expect(looks()).to.deep.equal([0, 0]);
    expect(await team.up(members({ [ann]: { handOver: bob }, [bob]: {}, "dana@example.com": {} }))).to.equal(
      "unchanged",
    );
    expect(looks()).to.deep.equal([0, 0]);
  });
});
