import { expect } from "chai";
import type { WallarooError } from "../../provider/api/errors";
import type { ApiUser } from "../../provider/api/wire";
import {
  allowsAll,
  findDepartureRefusals,
  lookForDepartures,
  raiseAll,
  type Departures,
} from "../../provider/team/departures";
import {
  describeChanges,
  findEmptiedRefusal,
  findTeamChanges,
  isEmpty,
  isOfAccount,
  pathsOf,
} from "../../provider/team/diff";
import type { TeamState } from "../../provider/team/model";
import type { TeamOptions } from "../../provider/team/options";
import { unpack } from "../../provider/team/state";
import type { Context } from "../../provider/user/context";
import { DECISION_AGE_MS } from "../../provider/user/directory";
import { RunMemory } from "../../provider/user/run";
import { View } from "../../provider/user/view";

const address = (at: number) => `m${10 + at}@b.c`;
const account = (email: string, more: Partial<ApiUser> = {}): ApiUser => ({
  id: `id of ${email}`,
  username: email,
  email,
  enabled: true,
  realmRoles: [],
  ...more,
});
const emails = (count: number) => Array.from({ length: count }, (_, at) => address(at));
const stateOf = (count: number, more: Partial<TeamState> = {}): TeamState => ({
  ids: Object.fromEntries(emails(count).map((email) => [email, `id of ${email}`])),
  adopted: {},
  initialPasswords: {},
  details: {},
  ...more,
});
const declaredBut = (count: number, left: number) =>
  Object.fromEntries(
    emails(count)
      .slice(left)
      .map((email) => [email, {}]),
  );
const admins = ["x@b.c", "y@b.c"].map((email) => account(email, { realmRoles: ["admin"] }));

let asked: number[];
let run: RunMemory;
beforeEach(() => {
  asked = [];
  run = new RunMemory();
});
function contextOf(users: ApiUser[]): Context {
  return {
    run,
    host: "w.example",
    caller: () => Promise.resolve({ id: admins[0]?.id }),
    log: { info: () => undefined, warn: () => undefined },
    protectedEmails: new Set(),
    directory: { view: (ageMs: number) => Promise.resolve((asked.push(ageMs), new View(users))) },
  } as unknown as Context;
}
const look = (state: TeamState | undefined, left: number, options: TeamOptions = {}, users?: ApiUser[]) => {
  const count = Object.keys(state?.ids ?? {}).length;
  const all = users ?? [...emails(count).map((email) => account(email)), ...admins];
  const members = state === undefined ? new Map() : unpack(state);
  return lookForDepartures(contextOf(all), state, members, declaredBut(count, left), options);
};

describe("the look for departures of a team", () => {
  it("asks nothing if none leaves, or if so few are stored that no bound holds", async () => {
    expect(await look(undefined, 0)).to.equal(undefined);
    expect(await look(stateOf(10), 0)).to.equal(undefined);
    expect(await look(stateOf(9), 3)).to.equal(undefined);
    expect(await look(stateOf(9, { unmanaged: [] }), 0, { ifUnmanaged: "deactivate" })).to.equal(undefined);
    expect(await look(stateOf(8, { unmanaged: ["u@b.c"] }), 1)).to.equal(undefined);
    expect(await look(stateOf(9, { unmanaged: ["u@b.c"] }), 0, { ifUnmanaged: "report" })).to.equal(undefined);
    expect(asked).to.deep.equal([]);
  });

  it("finds active members that are not declared any more, from ten accounts on or with a bound", async () => {
    const two = { leavers: emails(2), unmanaged: [], isElsewhere: false };
    expect(await look(stateOf(10), 2)).to.deep.equal({ ...two, outOf: 10 });
    expect(await look(stateOf(3), 2, { maxDepartures: 1 })).to.deep.equal({ ...two, outOf: 3 });
    expect(await look(stateOf(8, { unmanaged: ["u@b.c", "v@b.c"] }), 2)).to.deep.equal({ ...two, outOf: 8 });
    expect(asked).to.deep.equal([DECISION_AGE_MS, DECISION_AGE_MS, DECISION_AGE_MS]);
  });

  it("counts no account that is not cut off: deactivated, gone, declared elsewhere, kept or left as it is", async () => {
    const details = { [address(3)]: { onDestroy: "retain" as const } };
    run.declare(address(2), { key: "1", name: "other" });
    run.keep(`id of ${address(4)}`);
    const users = emails(9).map((email, at) => account(email, { enabled: at !== 0 }));
    users.splice(1, 1);
    expect(await look(stateOf(10, { details }), 6, {}, users)).to.deep.equal({
      leavers: [address(5)],
      unmanaged: [],
      outOf: 7,
      isElsewhere: false,
    });
  });

  it("finds the unmanaged accounts that an earlier run has listed, and counts them also if they are only reported", async () => {
    const state = stateOf(2, { unmanaged: ["u@b.c", "gone@b.c", address(0)] });
    const users = [...emails(2).map((email) => account(email)), account("u@b.c"), account("new@b.c")];
    const found = await look(state, 0, { ifUnmanaged: "deactivate" }, users);
    expect(found).to.deep.equal({ leavers: [], unmanaged: [users[2]], outOf: 3, isElsewhere: false });
    const reported = await look(state, 1, { ifUnmanaged: "report", maxDepartures: 1 }, users);
    expect(reported).to.deep.equal({ leavers: [address(0)], unmanaged: [], outOf: 3, isElsewhere: false });
  });

  it("doubts a platform on which no known account is under its id and address", async () => {
    const strangers = emails(10).map((email) => account(`other-${email}`, { id: `id of ${email}` }));
    expect((await look(stateOf(10), 1, {}, strangers))?.isElsewhere).to.equal(true);
    expect((await look(stateOf(10), 1, {}, [account("z@b.c")]))?.isElsewhere).to.equal(true);
    expect((await look(stateOf(10), 1, {}, [...strangers.slice(1), account(address(0))]))?.isElsewhere).to.equal(false);
    const alone = (users: ApiUser[]) =>
      look(stateOf(0, { unmanaged: ["u@b.c"] }), 0, { ifUnmanaged: "deactivate" }, users);
    expect((await alone([account("u@b.c")]))?.isElsewhere, "nothing is known").to.equal(false);
    run.managed.ids.add("id of k@b.c");
    expect((await alone([account("u@b.c")]))?.isElsewhere).to.equal(true);
    expect((await alone([account("u@b.c"), account("k@b.c")]))?.isElsewhere).to.equal(false);
  });
});

describe("the bound of departures", () => {
  const departures = (leavers: number, outOf: number, more: Partial<Departures> = {}): Departures => ({
    leavers: emails(leavers),
    unmanaged: [],
    outOf,
    isElsewhere: false,
    ...more,
  });
  const refusals = async (found: Departures, options: TeamOptions = {}, users: ApiUser[] = admins) =>
    (await findDepartureRefusals(contextOf(users), found, options, "people")).map(({ message }) => message);
  const words = (count: number, outOf: number, lists: string, bound: string) =>
    `Could not change people: it would deactivate ${count} of ${outOf} active accounts (${lists}), and maxDepartures is ` +
    `${bound}. Nothing was sent. If all of them are to go, write \`maxDepartures: ${count}\` for this \`up\`.`;
  const left = (count: number) => `not declared any more: ${emails(count).join(", ")}`;

  it("is a quarter from ten accounts on", async () => {
    expect(await refusals(departures(9, 9))).to.deep.equal([]);
    expect(await refusals(departures(2, 10))).to.deep.equal([]);
    expect(await refusals(departures(3, 10))).to.deep.equal([words(3, 10, left(3), "25%, the default")]);
    expect(await refusals(departures(3, 12))).to.deep.equal([]);
  });

  it("is what is declared, as a number or a share, for any number of accounts", async () => {
    expect(await refusals(departures(2, 3), { maxDepartures: 2 })).to.deep.equal([]);
    expect(await refusals(departures(2, 3), { maxDepartures: 1 })).to.deep.equal([words(2, 3, left(2), "1")]);
    expect(await refusals(departures(1, 3), { maxDepartures: 0 })).to.deep.equal([words(1, 3, left(1), "0")]);
    expect(await refusals(departures(7, 100), { maxDepartures: "7%" }), "no rounding").to.deep.equal([]);
    expect(await refusals(departures(8, 100), { maxDepartures: "7%" })).to.deep.equal([words(8, 100, left(8), "7%")]);
    expect(await refusals(departures(50, 50), { maxDepartures: "100%" })).to.deep.equal([]);
  });

  it("counts unmanaged accounts too, and the guards are told beside it", async () => {
    const unmanaged = [account("u@b.c"), account("v@b.c")];
    const both = `${left(1)}; unmanaged: u@b.c, v@b.c`;
    expect(await refusals(departures(1, 3, { unmanaged }), { maxDepartures: 2 })).to.deep.equal([
      words(3, 3, both, "2"),
    ]);
    const only = await refusals(departures(0, 3, { unmanaged }), { maxDepartures: 1 });
    expect(only).to.deep.equal([words(2, 3, "unmanaged: u@b.c, v@b.c", "1")]);
    const elsewhere = await refusals(departures(0, 3, { unmanaged, isElsewhere: true }), { maxDepartures: 1 });
    expect(elsewhere).to.have.length(2);
    expect(await refusals(departures(0, 3, { unmanaged, isElsewhere: true }), { maxDepartures: 2 })).to.have.length(1);
    expect([run.leaving.size, run.managed.findCutOff("u@b.c")], "nothing is noted").to.deep.equal([0, undefined]);
  });

  it("notes what may be cut off", async () => {
    const unmanaged = [account("u@b.c")];
    expect(await refusals(departures(0, 3, { unmanaged }), { maxDepartures: 1 })).to.deep.equal([]);
    expect([...run.leaving]).to.deep.equal([["id of u@b.c", true]]);
    expect(run.managed.findCutOff("u@b.c")).to.equal("people");
  });

  it("is raised as one failure of the team", async () => {
    const refuse = (found: Departures | undefined) =>
      findDepartureRefusals(contextOf(admins), found, { maxDepartures: 0 }, "people")
        .then((refusals) => raiseAll("change", "people", refusals))
        .catch((error: WallarooError) => `${error.kind}: ${error.message}`);
    expect(await refuse(undefined)).to.equal(undefined);
    expect(await refuse(departures(0, 3))).to.equal(undefined);
    const message = await refuse(departures(1, 3));
    expect(message?.split("\n")[0]).to.equal(
      "membersFailed: Could not change people: not all accounts that leave it can be deactivated. Nothing was sent.",
    );
    expect(message).to.include("it would deactivate 1 of 3 active accounts");
    expect(() => raiseAll("change", "people", [])).to.not.throw();
  });

  it("lets all go only if it is declared and high enough", () => {
    expect(allowsAll(undefined, 1, 1)).to.equal(false);
    expect([allowsAll(2, 2, 2), allowsAll(1, 2, 2), allowsAll("100%", 2, 2), allowsAll("99%", 2, 2)]).to.deep.equal([
      true,
      false,
      true,
      false,
    ]);
  });
});

describe("a team that is emptied", () => {
  const empty = (stored: string[], declared: Record<string, unknown> = {}, maxDepartures?: number) =>
    findEmptiedRefusal(stored, declared, run, "people", maxDepartures)?.message;
  const next = (count: number) =>
    "taken out at once, which is also what a lost value looks like. Check where `members` comes from. To let all of them go, run " +
    "`pulumi destroy --target URN` (`pulumi stack --show-urns` prints the URN), take the team out of the program, or write " +
    `\`maxDepartures: ${count}\`.`;

  it("is refused, unless all members are declared elsewhere or the bound allows it", () => {
    expect(empty(emails(1))).to.equal(`Could not empty people: its only member is ${next(1)}`);
    expect(empty(emails(3))).to.equal(`Could not empty people: all of its 3 members are ${next(3)}`);
    expect(empty(emails(3), { [address(9)]: {} })).to.equal(undefined);
    expect([empty([]), empty(emails(3), {}, 3)]).to.deep.equal([undefined, undefined]);
    expect(empty(emails(3), {}, 2)).to.be.a("string");
    run.declare(address(0), { key: "1", name: "other" });
    expect(empty(emails(3))).to.equal(`Could not empty people: all of its 3 members are ${next(2)}`);
    expect(empty(emails(1))).to.equal(undefined);
  });
});

describe("the changes of a team as a list", () => {
  it("are empty only without any", () => {
    const none = { added: [], changed: [], removed: [] };
    expect(isEmpty(none)).to.equal(true);
    expect(isEmpty({ ...none, added: ["a"] })).to.equal(false);
    expect(isEmpty({ ...none, changed: [{ email: "a", names: [] }] })).to.equal(false);
    expect(isEmpty({ added: ["a"], changed: [], removed: ["b"] })).to.equal(false);
    expect(isEmpty({ added: ["a"], changed: [{ email: "b", names: [] }], removed: [] })).to.equal(false);
  });

  it("are paths of members and their properties", () => {
    const changed = [
      { email: "b@c.d", names: [] },
      { email: "c@d.e", names: ["enabled", "admin"] },
    ];
    expect(pathsOf({ added: ["a@b.c"], changed, removed: ["d@e.f"] })).to.deep.equal({
      added: ['members["a@b.c"]'],
      changed: ['members["b@c.d"]', 'members["c@d.e"].enabled', 'members["c@d.e"].admin'],
      removed: ['members["d@e.f"]'],
    });
  });

  it("are told one kind a line, and none for a kind without any", () => {
    const changes = { added: ["a@b.c"], changed: [], removed: [] };
    expect(describeChanges(changes, "up")).to.deep.equal(['is joined by members["a@b.c"]']);
    const owner = { churn: { id: 1, role: "OWNER" as const } };
    const stored = unpack(stateOf(1, { details: { [address(0)]: { workspaces: owner } } }));
    const same = findTeamChanges(stored, { [address(0)]: { workspaces: { churn: "OWNER" } } });
    expect(same.changed, "the same workspaces").to.deep.equal([]);
  });

  it("are of the account unless workspaces alone change", () => {
    const member = unpack(stateOf(1)).get(address(0));
    const half = member && { ...member, state: { ...member.state, unfinished: true as const } };
    expect(isOfAccount(["workspaces"], member)).to.equal(false);
    expect(isOfAccount(["workspaces"], undefined)).to.equal(false);
    expect(isOfAccount(["workspaces"], half)).to.equal(true);
    expect(isOfAccount(["enabled"], member)).to.equal(true);
    expect(isOfAccount([], member)).to.equal(true);
    expect(isOfAccount(["workspaces", "enabled"], member)).to.equal(true);
  });
});
