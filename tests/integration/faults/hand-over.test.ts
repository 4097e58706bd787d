import type { Members, TeamState } from "../../../provider/team/model";
import type { KnownUser } from "../../../provider/user/model";
import { findHalfDone } from "../../../provider/user/partial-failure";
import { ann, bob, plantWorkspaces } from "../owners";
import { declared } from "../platform";
import { describeScenario, teamPrograms, type Scenario } from "./workspaces";

/** Two owners of each, of which one is cut off at last. */
const HANDED_OVER: Scenario<unknown>["wanted"][number] = {
  churn: { [ann]: "OWNER", [bob]: "OWNER" },
  fraud: { [ann]: "OWNER", [bob]: "OWNER" },
};
const BEFORE: typeof HANDED_OVER = {
  churn: { [ann]: "OWNER" },
  fraud: { [ann]: "OWNER", [bob]: "COLLABORATOR" },
};

/** What both ways of leaving have in common: the account is active until the other one owns both workspaces. */
const LEAVING: Pick<Scenario<unknown>, "prepare" | "wanted" | "replaced" | "findTooEarly" | "findWrong"> = {
  prepare: plantWorkspaces,
  wanted: [BEFORE, HANDED_OVER],
  replaced: [],
  findTooEarly(platform, request) {
    if (request !== "deactivate") return undefined;
    const owners = Object.keys(HANDED_OVER).map((name) => [...platform.workspace(name).members.values()]);
    const isReady = owners.every((roles) => roles.filter((role) => role === "OWNER").length === 2);
    return isReady ? undefined : "it was cut off before the other account owned its workspaces";
  },
  async findWrong(platform, _stored, program) {
    const isActive = (await platform.findByEmail(ann))?.enabled;
    return isActive === (program === 0) ? [] : [`${ann} is ${isActive ? "still" : "not"} active`];
  },
};

/** A user that is adopted, and then set to `enabled: false`. */
const USER: Scenario<{ user?: KnownUser }> = {
  ...LEAVING,
  start: () => ({}),
  programs: [true, false].map((enabled) => async ({ lifecycle }, stored) => {
    const inputs = declared(ann, { enabled, adopt: true, handOver: bob });
    try {
      const { user } = stored;
      if (user === undefined) stored.user = await lifecycle.create(inputs);
      else stored.user = { id: user.id, state: await lifecycle.update(user.id, user.state, inputs) };
      return [];
    } catch (error) {
      stored.user = findHalfDone(error) ?? stored.user;
      return [(error as Error).message];
    }
  }),
};

/** A member of a team that is adopted, and then removed. */
const TEAMS: Members[] = [{ [ann]: { enabled: true, adopt: true, handOver: bob, onDestroy: "deactivate" } }, {}];
const TEAM: Scenario<{ team?: TeamState }> = {
  ...LEAVING,
  start: () => ({}),
  programs: teamPrograms(TEAMS),
};

describeScenario("a user that is cut off and hands over its workspaces", USER, { hit: [1] });
describeScenario("a removed member that hands over, if the platform keeps the role of a member", TEAM, {
  addMember: "keeps",
  hit: [1],
});
