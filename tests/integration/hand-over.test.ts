import { expect } from "chai";
import * as pulumi from "@pulumi/pulumi";
import type { PlatformOptions } from "../emulator/platform";
import { EngineCalls, listen, startDynamic } from "./dynamic";
import { messageOf, onPlatform } from "./platform";
import { ann, bob, cleo, plantWorkspaces } from "./owners";

describe("a user that alone owns workspaces and is cut off", () => {
  const { platform, start, writes } = onPlatform();
  const said = listen();
  let user: EngineCalls;

  async function begin(options: PlatformOptions = {}): Promise<void> {
    await start(options);
    user = new EngineCalls(platform, "user");
    await plantWorkspaces(platform());
  }
  const declared = (more: object = {}) => ({ email: ann, adopt: true, onDestroy: "deactivate", ...more });
  async function beginWith(more: object = {}, options: PlatformOptions = {}): Promise<void> {
    await begin(options);
    await user.up(declared(more));
    platform().clearLog();
    said().length = 0;
  }
  const alone = () => said().filter((line) => line.includes("alone owns"));
  const looks = () =>
    (["workspaces/list", "workspaces/list_users"] as const).map((call) => platform().requests(call).length);
  const handedOver = ["workspaces/add_user churn", "workspaces/add_user fraud"];
  const withHeir = async () =>
    (await Promise.all(["churn", "fraud"].map((name) => platform().membersOf(name)))).map((roles) => roles[bob]);

  it("is announced by preview, and said again by up, with one look at each workspace", async () => {
    await beginWith();
    const news = declared({ enabled: false });
    await user.preview(news);
    expect(alone()).to.have.length(1);
    expect(alone()[0]).to.match(
      /^ann@example\.com alone owns (churn \(3 models, 1 pipeline\), fraud \(0 models, 2 pipelines\)|fraud .*, churn .*): left without an active owner/,
    );
    expect(looks()).to.deep.equal([1, 3]);
    expect(writes()).to.deep.equal([]);
    platform().clearLog();
    await user.up(news);
    expect(alone()).to.have.length(2);
    expect(looks()).to.deep.equal([1, 3]);
    expect(writes()).to.deep.equal([`deactivate ${ann}`]);
  });

  it("is said at destroy, before the account is cut off", async () => {
    await beginWith();
    await user.destroy();
    expect(alone()).to.have.length(1);
    const order = platform().log.map(({ call }) => call as string);
    expect(order.lastIndexOf("workspaces/list_users")).to.be.lessThan(order.indexOf("deactivate"));
  });

  it("looks at the leaver's own default workspace, if anything is in it, and at no other", async () => {
    await begin();
    await platform().addDefaultWorkspace(bob);
    await user.up(declared());
    for (const email of [ann, bob]) platform().workspace(`${email} - Default Workspace`).models.push(7);
    platform().clearLog();
    await user.preview(declared({ enabled: false }));
    expect(alone()[0]).to.include("ann@example.com - Default Workspace (1 model, 0 pipelines)");
    expect(looks()).to.deep.equal([1, 4]);
    // After another address was given to it, the name still has the old one.
    await platform().addWorkspace("anna@example.com - Default Workspace", { owners: [ann], models: 1 });
    await user.preview(declared({ enabled: false }));
    expect(alone()[1]).to.include("anna@example.com - Default Workspace (1 model");
  });

  it("is not looked for while nobody is cut off", async () => {
    await beginWith({ handOver: bob, onSoleOwner: "refuse" });
    await user.up(declared({ handOver: bob }));
    await user.refresh();
    await user.up(declared({ handOver: cleo }));
    expect(looks()).to.deep.equal([0, 0]);
    expect(writes()).to.deep.equal([]);
  });

  it("stores a change of handOver and onSoleOwner alone as an update that sends nothing", async () => {
    await beginWith();
    expect(user.kept?.outputs).not.to.have.any.keys("handOver", "onSoleOwner");
    expect(await user.up(declared({ handOver: " Bob@Example.com ", onSoleOwner: "refuse" }))).to.equal("updated");
    expect(user.kept?.outputs).to.include({ handOver: bob, onSoleOwner: "refuse" });
    expect(await user.up(declared({ handOver: bob, onSoleOwner: "refuse" }))).to.equal("unchanged");
    expect(await user.up(declared())).to.equal("updated");
    expect(user.kept?.outputs).not.to.have.any.keys("handOver", "onSoleOwner");
    expect(writes()).to.deep.equal([]);
  });

  const ways: [string, () => Promise<unknown>][] = [
    ["enabled: false", () => user.up(declared({ enabled: false, handOver: bob }))],
    ["expires", () => user.up(declared({ expires: "2020-01-01", handOver: bob }))],
    ["destroy", () => user.destroy()],
    ["another address", () => user.up({ email: "ann@example.org", handOver: bob })],
  ];
  for (const [what, leave] of ways) {
    it(`hands over first, and cuts off then (${what})`, async () => {
      await beginWith({ handOver: bob });
      await leave();
      const sent = writes().filter((write) => !write.startsWith("invite"));
      expect(
        sent
          .slice(0, 2)
          .map((write) => write.split(" ").slice(0, 2).join(" "))
          .sort(),
      ).to.deep.equal(handedOver);
      expect(sent.slice(2)).to.deep.equal([`deactivate ${ann}`]);
      expect(await withHeir()).to.deep.equal(["OWNER", "OWNER"]);
      // The leaver stays a member.
      expect(await platform().membersOf("churn")).to.include({ [ann]: "OWNER" });
    });
  }

  it("hands over to the address that replaces it", async () => {
    const next = "ann@example.org";
    await beginWith({ handOver: next });
    expect(await user.preview({ email: next })).to.equal("replaced");
    expect(alone()[0]).to.match(/handed over to ann@example\.org first/);
    await user.up({ email: next });
    expect(await platform().membersOf("churn")).to.include({ [next]: "OWNER" });
    expect(writes()[0]).to.equal(`invite ${next}`);
    expect(writes().at(-1)).to.equal(`deactivate ${ann}`);
  });

  for (const [what, config] of [
    ["the platform keeps the role of a member", { addMember: "keeps" }],
    ["the platform refuses to add a member", { addMember: "refuses" }],
    ["roles are said in lower case", { userType: "lower" }],
    ["roles are taken in upper case alone", { userTypeTaken: "upper" }],
    ["created_by is an address", { createdBy: "email" }],
    ["members without roles are null", { usersNull: "empty" }],
  ] as const) {
    it(`hands over where ${what}`, async () => {
      await beginWith({ handOver: bob }, config);
      await user.destroy();
      expect(await withHeir()).to.deep.equal(["OWNER", "OWNER"]);
      expect(await platform().findByEmail(ann)).to.include({ enabled: false });
    });
  }

  for (const userType of ["null", "absent"] as const) {
    it(`hands over every workspace of the leaver where roles are not shown (${userType})`, async () => {
      await beginWith({ handOver: bob }, { userType });
      await user.destroy();
      expect(await withHeir()).to.deep.equal(["OWNER", "OWNER"]);
      expect(alone()[0]).to.match(/shared \(0 models, 0 pipelines; its role is not shown\)/);
    });
  }

  it("is not cut off if the named account can't take over, and nothing is sent", async () => {
    await beginWith({ handOver: "nobody@example.com" });
    for (const leave of [
      () => user.preview(declared({ enabled: false, handOver: "nobody@example.com" })),
      () => user.up(declared({ enabled: false, handOver: "nobody@example.com" })),
      () => user.destroy(),
    ]) {
      expect(await messageOf(leave)).to.match(/handOver names nobody@example\.com, which no account has/);
    }
    expect(writes()).to.deep.equal([]);
    await platform().setEnabled(bob, false);
    const news = declared({ enabled: false, handOver: bob });
    expect(await messageOf(() => user.preview(news))).to.match(/whose account is deactivated/);
  });

  it("refuses itself as the account that takes over, at check", async () => {
    await begin();
    expect(await messageOf(() => user.up(declared({ handOver: " ANN@example.com" })))).to.match(
      /handOver must be the address of another account/,
    );
    expect(await messageOf(() => user.up(declared({ handOver: "bob" })))).to.match(/handOver /);
    expect(await messageOf(() => user.up(declared({ onSoleOwner: "never" })))).to.match(/must be "warn" or "refuse"/);
  });

  it('is not cut off with onSoleOwner: "refuse", in preview, up and destroy', async () => {
    await beginWith({ onSoleOwner: "refuse" });
    const news = declared({ enabled: false, onSoleOwner: "refuse" });
    for (const leave of [() => user.preview(news), () => user.up(news), () => user.destroy()]) {
      expect(await messageOf(leave)).to.match(/alone owns .*churn .*onSoleOwner is "refuse"/);
    }
    expect(writes()).to.deep.equal([]);
    await platform().setMember("churn", bob, "OWNER");
    await platform().setMember("fraud", bob, "OWNER");
    await user.destroy();
    expect(writes()).to.deep.equal([`deactivate ${ann}`]);
  });

  it("is not cut off with handOver if the platform lists no member of any workspace", async () => {
    await beginWith({ handOver: bob }, { usersNull: "always" });
    expect(await messageOf(() => user.destroy())).to.match(/the platform lists no member of any of them/);
    expect(writes()).to.deep.equal([]);
  });

  it("is not looked for in preview while handOver is known by up alone", async () => {
    await beginWith({ onSoleOwner: "refuse" });
    const news = declared({ enabled: false, handOver: pulumi.runtime.unknownValue, onSoleOwner: "refuse" });
    expect(await user.preview(news)).to.equal("updated");
    expect(looks()).to.deep.equal([0, 0]);
  });

  it("is not cut off if the hand-over is not confirmed", async () => {
    await beginWith({ handOver: bob });
    platform().misbehave({ on: "workspaces/add_user", times: 99, when: "before", what: { status: 200, body: {} } });
    expect(await messageOf(() => user.destroy())).to.match(
      /Could not confirm bob@example\.com in workspace "(churn|fraud)": the account is (not a member|a member as COLLABORATOR) of/,
    );
    expect(writes().filter((write) => write.startsWith("deactivate"))).to.deep.equal([]);
    expect(user.kept).not.to.equal(undefined);
  });

  for (const status of [403, 404, 501] as const) {
    it(`is cut off where the workspaces answer ${status}, unless something is declared for them`, async () => {
      await beginWith({}, { workspacesStatus: status });
      await user.up(declared({ enabled: false }));
      expect(writes()).to.deep.equal([`deactivate ${ann}`]);
      expect(looks()).to.deep.equal([1, 0]);
      const told = said().filter((line) => line.includes("workspaces"));
      expect(told).to.have.length(status === 403 ? 1 : 0);
      await platform().setEnabled(ann, true);
      await user.refresh();
      await user.up(declared());
      platform().clearLog();
      for (const more of [{ handOver: bob }, { onSoleOwner: "refuse" }]) {
        const news = declared({ enabled: false, ...more });
        expect(await messageOf(() => user.up(news))).to.match(
          /Could not tell which workspaces are owned by ann@example\.com: .*an account is cut off only once that is known/,
        );
      }
      expect(writes()).to.deep.equal([]);
    });
  }

  it("refuses to cut off the account that took over, in the same run", async () => {
    await begin();
    const kept = await Promise.all(
      [{ email: ann, handOver: bob }, { email: bob }].map(async (more) => {
        const one = new EngineCalls(platform, "user");
        await one.up(declared(more));
        return one.kept as NonNullable<typeof one.kept>;
      }),
    );
    const { user: provider } = await startDynamic(platform());
    const [first, second] = kept.map(
      ({ id, outputs }) =>
        () =>
          provider.delete(id, outputs),
    );
    await first?.();
    expect(await messageOf(async () => second?.())).to.match(
      /deactivate bob@example\.com: it takes over the workspaces of ann@example\.com in this run/,
    );
  });
});
