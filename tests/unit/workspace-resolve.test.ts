import { expect } from "chai";
import type { ApiUser, ApiWorkspace } from "../../provider/api/wire";
import { READ_AGE_MS } from "../../provider/user/directory";
import { RunMemory } from "../../provider/user/run";
import { View } from "../../provider/user/view";
import type { WorkspaceContext } from "../../provider/workspace/context";
import { findAccount, getAccount, getWorkspace } from "../../provider/workspace/resolve";
import { WorkspaceList, idOf } from "../../provider/workspace/view";

const email = "ann@example.com";
const ann: ApiUser = { id: "id-1", username: email, email, enabled: true };
const messageOf = (body: Promise<unknown>) =>
  body.then(
    () => undefined,
    (error: Error) => error.message,
  );

describe("the workspace and the account that are declared", () => {
  const workspaces = (...names: string[]) =>
    new WorkspaceList(
      names.map((name, at) => ({ id: at + 1, name, models: [], pipelines: [] }) as unknown as ApiWorkspace),
    );
  let asked: [number, boolean][];
  beforeEach(() => (asked = []));
  /** Answers `first`, and `later` to what has to be as young as the question. */
  const ages =
    <T>(first: T, later: T) =>
    (maxAgeMs: number, sinceMs?: number) => {
      asked.push([maxAgeMs, sinceMs !== undefined]);
      return Promise.resolve(sinceMs === undefined ? first : later);
    };
  const get = (given: string | number, first: WorkspaceList, later = first) =>
    getWorkspace(
      { workspaceDirectory: { workspaces: ages(first, later) } as unknown as WorkspaceContext["workspaceDirectory"] },
      given,
      9_000,
    );

  it("are looked for once more if the view may be older than they are", async () => {
    expect((await get("churn", workspaces("churn"))).id).to.equal(1);
    expect(asked).to.deep.equal([[9_000, false]]);
    expect((await get("fraud", workspaces("churn"), workspaces("churn", "fraud"))).id).to.equal(2);
    expect(asked.slice(1)).to.deep.equal([
      [9_000, false],
      [READ_AGE_MS, true],
    ]);
  });

  it("are refused with what is seen, and what may be meant", async () => {
    const words = "the account that the provider runs as sees no workspace of this name or id";
    const next =
      "Check the name, which counts sign by sign, and that this account is an administrator. This provider makes no workspaces.";
    expect(await messageOf(get("chrun", workspaces("fraud", "churn")))).to.equal(
      `Could not find workspace "chrun": ${words}; it sees "churn" (2), "fraud" (1). Did you mean "churn"? ${next}`,
    );
    expect(await messageOf(get(7, workspaces("churn")))).to.equal(
      `Could not find workspace 7: ${words}; it sees "churn" (1). ${next}`,
    );
    expect(await messageOf(get("x", workspaces()))).to.equal(
      `Could not find workspace "x": ${words}, and none at all. ${next}`,
    );
    const many = workspaces(...Array.from({ length: 12 }, (_, at) => `w${10 + at}`));
    expect(await messageOf(get(99, many))).to.match(/it sees "w10" \(1\), .*"w19" \(10\) and 2 more\. Check/);
  });

  const context = (first: ApiUser[], later = first, run = new RunMemory()) => ({
    run,
    directory: { view: ages(new View(first), new View(later)) } as unknown as WorkspaceContext["directory"],
  });

  it("are found by address or id", async () => {
    expect(await findAccount(context([ann]), email, 9_000)).to.equal(ann);
    expect(await findAccount(context([ann]), "id-1", 9_000)).to.equal(ann);
    expect(asked).to.deep.equal([
      [9_000, false],
      [9_000, false],
    ]);
    expect(await findAccount(context([], [ann]), email, 9_000)).to.equal(ann);
    expect(asked.at(-1)).to.deep.equal([READ_AGE_MS, true]);
    expect(await findAccount(context([]), email, 9_000)).to.equal(undefined);
    expect(await findAccount(context([{ ...ann, email: "new@b.c" }]), email, 9_000), "a username alone").to.equal(
      undefined,
    );
    expect(await getAccount(context([ann]), "id-1", 0)).to.equal(ann);
  });

  it("are refused if the account is not there, with the resource that declares it", async () => {
    const missing = (user: string, run?: RunMemory) => messageOf(getAccount(context([], [], run), user, 0));
    const declare =
      "Declare a WallarooUser of this address and give its id (`user: ann.id`), or correct what is given.";
    expect(await missing(email)).to.equal(
      `Could not find the account ${email}: no account on the platform has this address. ${declare}`,
    );
    expect(await missing("id-9")).to.equal(
      `Could not find the account id-9: no account on the platform has this id. ${declare}`,
    );
    const run = new RunMemory();
    run.declare(email, { key: "1", name: "ann" });
    expect(await missing(email, run)).to.equal(
      `Could not find the account ${email}: no account on the platform has this address. "ann" declares it: give its id ` +
        "(`user: ann.id`, or `team.ids[...]`), so that the account is made first.",
    );
    expect(await missing(`unseen:${email}`)).to.equal(
      `Could not find the account unseen:${email}: it was invited, and is not visible on the platform yet. Nothing was sent. ` +
        "Run `pulumi refresh` once the platform shows it, then `pulumi up`.",
    );
  });

  it("have ids as the platform writes them", () => {
    expect(["0", "7", "120", "1234"].map(idOf)).to.deep.equal([0, 7, 120, 1234]);
    for (const text of ["", "012", "12.0", "x1", "1x", "-1", "9".repeat(17)])
      expect(idOf(text), text).to.equal(undefined);
  });
});
