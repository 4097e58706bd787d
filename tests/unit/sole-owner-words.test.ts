import { expect } from "chai";
import { WallarooError, type ErrorKind } from "../../provider/api/errors";
import type { ApiUser, WorkspaceRole } from "../../provider/api/wire";
import type { Announcement } from "../../provider/user/announce";
import type { OwnedWorkspace, Ownership } from "../../provider/user/context";
import { RunMemory } from "../../provider/user/run";
import { findSoleOwnerRefusals, handOver, type Leaver } from "../../provider/user/sole-owner";
import { View } from "../../provider/user/view";

const account = (name: string): ApiUser => ({
  id: name,
  username: `${name}@example.com`,
  email: `${name}@example.com`,
  enabled: true,
});
const [ann, bob] = [account("ann"), account("bob")];
const BY_HAND =
  "or make another account owner of them on the platform. For an account that is taken out, what the last `pulumi up` stored counts.";

describe("a leaver that may own workspaces", () => {
  let said: Announcement[];
  let warned: string[];
  let written: string[];
  let asked: string[][];
  let views: number;
  let run: RunMemory;
  beforeEach(() => {
    [said, warned, written, asked, views] = [[], [], [], [], 0];
    run = new RunMemory();
  });
  const around = (ownership: Ownership | undefined, users = [ann, bob]) => ({
    run,
    ownership,
    directory: { view: () => Promise.resolve((views++, new View(users))) },
    announcements: { say: (one: Announcement) => void said.push(one), isNew: () => true },
    log: { info: () => undefined, warn: (text: string) => void warned.push(text) },
  });
  /** Workspaces with the roles of their members. */
  const owned = (
    workspaces: Record<string, Record<string, WorkspaceRole>>,
    more: Partial<Ownership> = {},
  ): Ownership => ({
    look: (leaving) => {
      asked.push([...leaving]);
      const all = Object.entries(workspaces).map(([name, roles], id) => {
        const members = {
          ids: () => Object.keys(roles),
          has: (who: string) => who in roles,
          roleOf: (who: string) => roles[who],
        };
        const workspace: OwnedWorkspace = { id, name, models: [1], pipelines: [1, 2] };
        return [workspace, members] as const;
      });
      return Promise.resolve(all);
    },
    isLeaving: () => false,
    makeOwner: ({ name }, { id }) => Promise.resolve(void written.push(`${name} ${id}`)),
    ...more,
  });
  const refusals = async (ownership: Ownership | undefined, leavers: Leaver[]) =>
    (await findSoleOwnerRefusals(around(ownership), leavers)).map(({ message }) => message);

  it("is announced in whole sentences", async () => {
    await refusals(owned({ churn: { ann: "OWNER" } }), [{ user: ann }]);
    expect(said).to.deep.equal([
      {
        kind: "soleOwner",
        email: "ann@example.com",
        text: "alone owns churn (1 model, 2 pipelines): left without an active owner. To hand over, declare `handOver` and run `pulumi up` before it leaves.",
        isWarning: true,
      },
    ]);
    run = new RunMemory();
    await refusals(owned({ churn: { ann: "OWNER" } }), [{ user: ann, handOver: "bob@example.com" }]);
    expect(said[1]).to.deep.equal({
      kind: "handedOver",
      email: "ann@example.com",
      text: "alone owns churn (1 model, 2 pipelines): handed over to bob@example.com first.",
    });
  });

  it("is refused with the way out", async () => {
    const workspaces = owned({ churn: { ann: "OWNER" } });
    expect(await refusals(workspaces, [{ user: ann, onSoleOwner: "refuse" }])).to.deep.equal([
      'Could not deactivate ann@example.com: it alone owns churn (1 model, 2 pipelines), and onSoleOwner is "refuse". Nothing was ' +
        `sent for it. Name another account in \`handOver\`, ${BY_HAND}`,
    ]);
    expect(await refusals(workspaces, [{ user: ann, handOver: "x@y.z" }])).to.deep.equal([
      "Could not deactivate ann@example.com: it alone owns churn (1 model, 2 pipelines), and handOver names x@y.z, which no account " +
        `has. Nothing was sent for it. Name an active account that stays, ${BY_HAND}`,
    ]);
    run.heirs.set("ann", "bob@example.com");
    expect(await refusals(owned({}), [{ user: ann }])).to.deep.equal([
      "Could not deactivate ann@example.com: it takes over the workspaces of bob@example.com in this run. Nothing was sent for it. " +
        "Let it leave in a later run.",
    ]);
  });

  it("asks for no accounts if it owns nothing", async () => {
    expect(await refusals(owned({ a: { ann: "COLLABORATOR" }, b: { bob: "OWNER" } }), [{ user: ann }])).to.deep.equal(
      [],
    );
    expect([asked, views]).to.deep.equal([[["ann"]], 0]);
    expect([...run.departing]).to.deep.equal(["ann"]);
    expect(await refusals(undefined, [{ user: ann }])).to.deep.equal([]);
  });

  it("is not the only owner of a workspace that has another one before it leaves", async () => {
    const leaver = { user: ann, onSoleOwner: "refuse" as const, owned: new Set([0]) };
    expect(await refusals(owned({ churn: { ann: "OWNER" } }), [leaver])).to.deep.equal([]);
    expect(said).to.deep.equal([]);
    const [message] = await refusals(owned({ churn: { ann: "OWNER" }, fraud: { ann: "OWNER" } }), [leaver]);
    expect(message).to.include("it alone owns fraud (");
  });

  it("is the only owner beside one that leaves that workspace in this run", async () => {
    const both = { churn: { ann: "OWNER", bob: "OWNER" } } as const;
    const leaver = { user: ann, onSoleOwner: "refuse" as const };
    expect(await refusals(owned(both), [leaver])).to.deep.equal([]);
    const isLeaving = (workspaceId: number, id: string) => workspaceId === 0 && id === "bob";
    expect(await refusals(owned(both, { isLeaving }), [leaver])).to.have.length(1);
  });

  it("hands over nothing without an heir, and never raises for it", async () => {
    await handOver(around(owned({ churn: { ann: "OWNER" } })), { user: ann });
    const arriving = new Set(["new@example.com"]);
    await handOver(around(owned({ churn: { ann: "OWNER" } })), { user: ann, handOver: "new@example.com", arriving });
    await handOver(around(undefined), { user: ann, handOver: "bob@example.com" });
    expect(written).to.deep.equal([]);
  });

  const failing = (error: Error) => owned({}, { look: () => Promise.reject(error) });
  const failure = (kind: ErrorKind) =>
    new WallarooError({ kind, operation: "list", who: "workspaces", words: "no", next: "Wait a little." });

  it("with conditions is refused if nothing can be known, with what may help", async () => {
    const strict = 'With `handOver` or `onSoleOwner: "refuse"` an account is cut off only once that is known. ';
    const words = "Could not tell which workspaces are owned by ann@example.com: no. ";
    const leaver = { user: ann, onSoleOwner: "refuse" as const };
    expect(await refusals(failing(failure("notFound")), [leaver])).to.deep.equal([
      `${words}${strict}Leave both out if this release of the platform has no workspaces in its API.`,
    ]);
    expect(await refusals(failing(failure("unavailable")), [leaver])).to.deep.equal([
      `${words}${strict}Wait a little.`,
    ]);
    expect(await refusals(failing(failure("unavailable")), [{ user: ann, onSoleOwner: "warn" }])).to.deep.equal([]);
    expect(warned).to.have.length(1);
    expect(run.isNew("workspaces")).to.equal(false);
  });

  it("raises what is not an error of this package", async () => {
    const raised = await refusals(failing(new Error("a bug")), [{ user: ann }]).catch((error: Error) => error.message);
    expect(raised).to.equal("a bug");
  });
});
