import type { Members, TeamState } from "../../../provider/team/model";
import { OPERATOR } from "../../emulator/seeds";
import { describeScenario, teamPrograms, type Scenario } from "./workspaces";

const [ann, bob, operator] = ["ann@example.com", "bob@example.com", OPERATOR.email];
const member = { enabled: true, adopt: true, onDestroy: "deactivate" } as const;

/** One becomes an owner; the other one takes its place, and it gets another; it leaves, and the other one is lowered. */
const PROGRAMS: Members[] = [
  { [ann]: { ...member, workspaces: { churn: "OWNER" } }, [bob]: member },
  { [ann]: { ...member, workspaces: { fraud: "COLLABORATOR" } }, [bob]: { ...member, workspaces: { churn: "OWNER" } } },
  { [bob]: { ...member, workspaces: { churn: "COLLABORATOR" } } },
];

const SCENARIO: Scenario<{ team?: TeamState }> = {
  async prepare(platform) {
    for (const email of [ann, bob]) await platform.addUser({ email });
    for (const name of ["churn", "fraud"]) await platform.addWorkspace(name, { owners: [operator] });
  },
  start: () => ({}),
  programs: teamPrograms(PROGRAMS),
  wanted: [
    { churn: { [operator]: "OWNER", [ann]: "OWNER" }, fraud: { [operator]: "OWNER" } },
    { churn: { [operator]: "OWNER", [bob]: "OWNER" }, fraud: { [operator]: "OWNER", [ann]: "COLLABORATOR" } },
    { churn: { [operator]: "OWNER", [bob]: "COLLABORATOR" }, fraud: { [operator]: "OWNER" } },
  ],
  replaced: [{ program: 1, workspace: "churn", by: [ann, bob] }],
  async findWrong(platform, { team }, program) {
    const isActive = (await platform.findByEmail(ann))?.enabled;
    const stored = Object.keys(team?.ids ?? {})
      .sort()
      .join();
    return [
      ...(isActive === program < 2 ? [] : [`${ann} is ${isActive ? "still" : "not"} active`]),
      ...(stored ===
      Object.keys(PROGRAMS[program] ?? {})
        .sort()
        .join()
        ? []
        : [`${stored} are stored`]),
    ];
  },
};

describeScenario("a team whose members have workspaces", SCENARIO);
