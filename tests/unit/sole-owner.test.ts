import { expect } from "chai";
import { WallarooError, messageOf, type ErrorKind } from "../../provider/api/errors";
import type { ApiUser, WorkspaceRole } from "../../provider/api/wire";
import type { Announcement } from "../../provider/user/announce";
import type { OwnedWorkspace, Ownership } from "../../provider/user/context";
import { RunMemory } from "../../provider/user/run";
import { findSoleOwnerRefusals, handOver, type Leaver } from "../../provider/user/sole-owner";
import { View } from "../../provider/user/view";

const account = (name: string, enabled = true): ApiUser => ({
  id: name,
  username: `${name}@example.com`,
  email: `${name}@example.com`,
  enabled,
});
const [ann, bob, cleo, off] = [account("ann"), account("bob"), account("cleo"), account("off", false)];
type Roles = Record<string, WorkspaceRole | undefined>;

describe("the only owner of a workspace that leaves", () => {
  let said: Announcement[];
  let warned: string[];
  let written: string[];
  let looks: number;
  let run: RunMemory;
  beforeEach(() => {
    [said, warned, written, looks] = [[], [], [], 0];
    run = new RunMemory();
  });

  function ownershipOf(workspaces: Record<string, Roles>, contents: number[] = []): Ownership {
    return {
      look: () => {
        looks += 1;
        const all = Object.entries(workspaces).map(([name, roles], id) => {
          const members = {
            ids: () => Object.keys(roles),
            has: (who: string) => who in roles,
            roleOf: (who: string) => roles[who],
          };
          const workspace: OwnedWorkspace = { id, name, models: contents, pipelines: [] };
          return [workspace, members] as const;
        });
        return Promise.resolve(all);
      },
      isLeaving: () => false,
      makeOwner: ({ name }, { id }) => {
        written.push(`${name} ${id}`);
        Object.assign(workspaces[name] ?? {}, { [id]: "OWNER" });
        return Promise.resolve();
      },
    };
  }

  function around(ownership: Ownership | undefined, users: ApiUser[] = [ann, bob, cleo, off]) {
    const directory = { view: () => Promise.resolve(new View(users)), lastView: undefined };
    const announcements = { say: (one: Announcement) => void said.push(one), isNew: () => true };
    const log = { info: () => undefined, warn: (message: string) => void warned.push(message) };
    return { run, directory, announcements, log, ownership };
  }

  const refusals = async (ownership: Ownership, ...leavers: Leaver[]) =>
    (await findSoleOwnerRefusals(around(ownership), leavers)).map(messageOf);
  const owned = () => said.map(({ kind, email, text }) => `${kind} ${email} ${text}`);

  it("is announced with the workspaces and what is in them", async () => {
    const workspaces = ownershipOf({ churn: { ann: "OWNER" }, fraud: { ann: "OWNER", bob: "COLLABORATOR" } }, [1, 2]);
    expect(await refusals(workspaces, { user: ann })).to.deep.equal([]);
    expect(owned()).to.have.length(1);
    expect(owned()[0]).to.match(
      /^soleOwner ann@example\.com alone owns churn \(2 models, 0 pipelines\), fraud \(2 models, 0 pipelines\): left without/,
    );
    expect(said[0]?.isWarning).to.equal(true);
  });

  it("is not a collaborator, nor an owner beside another one that is active and stays", async () => {
    const workspaces = { a: { ann: "COLLABORATOR" }, b: { ann: "OWNER", bob: "OWNER" }, c: { bob: "OWNER" } } as const;
    await refusals(ownershipOf(workspaces), { user: ann, onSoleOwner: "refuse" });
    expect(owned()).to.deep.equal([]);
  });

  for (const [what, other] of [
    ["deactivated", "off"],
    ["gone", "id-of-nobody"],
  ] as const) {
    it(`is alone beside an owner that is ${what}`, async () => {
      const [message] = await refusals(ownershipOf({ churn: { ann: "OWNER", [other]: "OWNER" } }), {
        user: ann,
        onSoleOwner: "refuse",
      });
      expect(message).to.match(
        /Could not deactivate ann@example\.com: it alone owns churn \(0 models, 0 pipelines\), and onSoleOwner is "refuse"\. Nothing was sent for it\. Name another account in `handOver`/,
      );
    });
  }

  it("is each of two owners that leave together", async () => {
    const workspaces = ownershipOf({ churn: { ann: "OWNER", bob: "OWNER" } });
    await refusals(workspaces, { user: ann }, { user: bob });
    expect(said.map(({ email }) => email)).to.deep.equal([ann.email, bob.email]);
  });

  it("may be an account whose role is not shown, and no such account is counted on", async () => {
    await refusals(ownershipOf({ churn: { ann: undefined, bob: undefined } }), { user: ann });
    expect(owned()[0]).to.include("churn (0 models, 0 pipelines; its role is not shown)");
  });

  it("is asked nothing about if the account is deactivated already, or was invited by this run", async () => {
    run.invited.add(ann.id);
    const workspaces = ownershipOf({ churn: { ann: "OWNER", off: "OWNER" } });
    expect(await refusals(workspaces, { user: ann, onSoleOwner: "refuse" }, { user: off })).to.deep.equal([]);
    expect(looks).to.equal(0);
  });

  it("hands over to an active account, workspace by workspace", async () => {
    const workspaces = ownershipOf({ churn: { ann: "OWNER" }, fraud: { ann: "OWNER" }, other: { cleo: "OWNER" } });
    await handOver(around(workspaces), { user: ann, handOver: "bob@example.com" });
    expect(written).to.deep.equal(["churn bob", "fraud bob"]);
    expect(owned()[0]).to.match(/^handedOver ann.*fraud .*: handed over to bob@example\.com first\.$/);
    // Once done, there is nothing to hand over.
    await handOver(around(workspaces), { user: ann, handOver: "bob@example.com" });
    expect(written).to.have.length(2);
  });

  const heirs: [string, string, RegExp, ApiUser[]?][] = [
    ["has no account", "nobody@example.com", /handOver names nobody@example\.com, which no account has/],
    ["is deactivated", "off@example.com", /off@example\.com, whose account is deactivated/],
    ["leaves in this run, too", "bob@example.com", /bob@example\.com, whose account is cut off in this run, too/],
    [
      "is the leaver itself by another name",
      "ann-s",
      /ann-s, which is the account itself/,
      [{ ...ann, username: "ann-s" }],
    ],
    ["is two accounts", "bob@example.com", /2 accounts have it/, [ann, bob, { ...bob, id: "b2" }]],
  ];
  for (const [what, address, expected, users] of heirs) {
    it(`hands over to nobody if the named account ${what}`, async () => {
      const context = around(ownershipOf({ churn: { ann: "OWNER" } }), users);
      const leavers = [
        { user: users?.[0] ?? ann, handOver: address },
        ...(what.startsWith("leaves") ? [{ user: bob }] : []),
      ];
      const [message] = (await findSoleOwnerRefusals(context, leavers)).map(messageOf);
      expect(message).to.match(expected);
      expect(said).to.deep.equal([]);
      let raised: unknown;
      await handOver(context, leavers[0] as Leaver).catch((error: unknown) => (raised = error));
      expect(messageOf(raised)).to.equal(message);
      expect(written).to.deep.equal([]);
    });
  }

  it("hands over to an account that arrives before it leaves", async () => {
    const leaver = { user: ann, handOver: "new@example.com", arriving: new Set(["new@example.com"]) };
    expect(await refusals(ownershipOf({ churn: { ann: "OWNER" } }), leaver)).to.deep.equal([]);
    expect(owned()[0]).to.match(/handed over to new@example\.com first/);
  });

  it("is not followed by the account that took over, in the same run", async () => {
    const workspaces = ownershipOf({ churn: { ann: "OWNER" } });
    await handOver(around(workspaces), { user: ann, handOver: "bob@example.com" });
    const [message] = await refusals(workspaces, { user: bob });
    expect(message).to.match(
      /deactivate bob@example\.com: it takes over the workspaces of ann@example\.com in this run/,
    );
  });

  const failing = (kind: ErrorKind): Ownership => ({
    look: () =>
      Promise.reject(new WallarooError({ kind, operation: "list", who: "workspaces", words: "no", next: "Next." })),
    isLeaving: () => false,
    makeOwner: () => Promise.reject(new Error("nothing can be known")),
  });

  it("is cut off unseen if the release has no workspaces, without a word", async () => {
    expect(await refusals(failing("notFound"), { user: ann })).to.deep.equal([]);
    expect([...said, ...warned]).to.deep.equal([]);
  });

  it("is cut off unseen if the workspaces can't be seen, and that is said once", async () => {
    for (const user of [ann, bob]) expect(await refusals(failing("forbidden"), { user })).to.deep.equal([]);
    expect(warned).to.have.length(1);
    expect(warned[0]).to.match(/^Could not list workspaces: no\. Next\. So it is not said which workspaces/);
  });

  for (const kind of ["notFound", "forbidden", "unavailable"] as const) {
    it(`is not cut off with handOver or "refuse" if nothing is known (${kind})`, async () => {
      const messages = await refusals(
        failing(kind),
        { user: ann, handOver: "cleo@example.com" },
        { user: bob, onSoleOwner: "refuse" },
        { user: cleo },
      );
      expect(messages).to.have.length(2);
      expect(messages[0]).to.match(
        /Could not tell which workspaces are owned by ann@example\.com: no\. With `handOver` or/,
      );
      expect(messages[1]).to.match(/owned by bob@example\.com/);
    });
  }
});
