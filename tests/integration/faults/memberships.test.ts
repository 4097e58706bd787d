import { PartialFailure } from "../../../provider/user/partial-failure";
import type { WorkspaceContext } from "../../../provider/workspace/context";
import { createMember } from "../../../provider/workspace/create";
import { deleteMember } from "../../../provider/workspace/delete";
import type { KnownMember, MemberInputs, MemberState } from "../../../provider/workspace/model";
import { readMember } from "../../../provider/workspace/read";
import { updateMember } from "../../../provider/workspace/update";
import type { Platform } from "../../emulator/platform";
import { connectTo } from "../platform";
import { Steps } from "./faults";
import { describeScenario, type Roles, type Scenario } from "./workspaces";

const [ann, cleo, old, keeper] = ["ann@example.com", "cleo@example.com", "old@example.com", "keeper@example.com"];

/** What the engine keeps of the memberships, by name, and of those that were replaced and are not deleted yet. */
interface Stored {
  members: Map<string, KnownMember>;
  replaced: KnownMember[];
}
type Program = Record<string, MemberInputs>;

const member = (user: string, role: MemberInputs["role"], more: Partial<MemberInputs> = {}): MemberInputs => ({
  ...{ workspace: "churn", user, role, ...more },
});

/** Taken over, and removed all the same. */
const OWN: Partial<MemberInputs> = { adopt: true, onDestroy: "remove" };

/** Added and adopted, then raised and replaced by another account, then lowered. */
const PROGRAMS: Program[] = [
  { ann: member(ann, "COLLABORATOR"), head: member(old, "OWNER", OWN) },
  { ann: member(ann, "OWNER"), head: member(cleo, "OWNER") },
  { ann: member(ann, "COLLABORATOR"), head: member(cleo, "OWNER") },
];

/** As the engine does it: creates and updates, then deletes, none of them after a failure. */
async function run(context: WorkspaceContext, stored: Stored, program: Program): Promise<string[]> {
  const steps = new Steps();
  const keeping = async (name: string, step: Promise<KnownMember>) => {
    try {
      stored.members.set(name, await step);
    } catch (error) {
      if (error instanceof PartialFailure)
        stored.members.set(name, { id: error.id, state: error.state as MemberState });
      throw error;
    }
  };
  for (const [name, inputs] of Object.entries(program)) {
    await steps.attempt(async () => {
      const known = stored.members.get(name);
      const isSame = known?.state.user === inputs.user && known.state.workspace === inputs.workspace;
      if (known === undefined) return keeping(name, createMember(context, inputs));
      if (isSame) {
        const update = async () => ({ id: known.id, state: await updateMember(context, known, inputs) });
        return keeping(name, update());
      }
      const made = createMember(context, inputs);
      await keeping(name, made).finally(() => {
        if (stored.members.get(name) !== known) stored.replaced.push(known);
      });
    });
  }
  if (steps.failures.length > 0) return steps.failures;
  for (const known of [...stored.replaced]) {
    await steps.attempt(async () => {
      await deleteMember(context, known);
      stored.replaced = stored.replaced.filter((other) => other !== known);
    });
  }
  for (const [name, known] of stored.members) {
    if (name in program) continue;
    await steps.attempt(async () => {
      await deleteMember(context, known);
      stored.members.delete(name);
    });
  }
  return steps.failures;
}

function runsOf(programs: readonly Program[]): Scenario<Stored>["programs"] {
  return programs.map(
    (program) =>
      ({ context }, stored) =>
        run(context, stored, program),
  );
}

const SCENARIO: Scenario<Stored> = {
  async prepare(platform: Platform) {
    for (const email of [ann, cleo, old, keeper]) await platform.addUser({ email });
    await platform.addWorkspace("churn", { owners: [old], collaborators: [keeper] });
  },
  start: () => ({ members: new Map(), replaced: [] }),
  programs: PROGRAMS.map(
    (program) =>
      ({ context }, stored) =>
        run(context, stored, program),
  ),
  wanted: [
    { churn: { [old]: "OWNER", [keeper]: "COLLABORATOR", [ann]: "COLLABORATOR" } },
    { churn: { [keeper]: "COLLABORATOR", [ann]: "OWNER", [cleo]: "OWNER" } },
    { churn: { [keeper]: "COLLABORATOR", [ann]: "COLLABORATOR", [cleo]: "OWNER" } },
  ],
  replaced: [{ program: 1, workspace: "churn", by: [old, cleo] }],
  /** What is stored is what is there, and a refresh finds no drift. */
  async findWrong(platform, stored, which) {
    const { context } = connectTo(platform);
    const wrong = stored.replaced.map(({ id }) => `${id} is still to be deleted`);
    const names = Object.keys(PROGRAMS[which] ?? {});
    if ([...stored.members.keys()].sort().join() !== names.sort().join())
      wrong.push(`${[...stored.members.keys()].join()} are stored`);
    for (const [name, known] of stored.members) {
      const read = await readMember(context, known);
      if (JSON.stringify(read) !== JSON.stringify(known)) wrong.push(`${name} has drifted`);
    }
    return wrong;
  },
};

describeScenario("a WallarooWorkspaceMember", SCENARIO);
describeScenario("a WallarooWorkspaceMember, if the platform keeps the role of a member", SCENARIO, {
  addMember: "keeps",
  hit: [2],
});
describeScenario<Stored>(
  "two owners that are removed at once, of which one is kept",
  {
    async prepare(platform: Platform) {
      for (const email of [ann, cleo, keeper]) await platform.addUser({ email });
      await platform.addWorkspace("churn", { owners: [ann, cleo], collaborators: [keeper] });
    },
    start: () => SCENARIO.start(),
    programs: runsOf([{ ann: member(ann, "OWNER", OWN), cleo: member(cleo, "OWNER", OWN) }, {}]),
    wanted: [
      { churn: { [ann]: "OWNER", [cleo]: "OWNER", [keeper]: "COLLABORATOR" } },
      { churn: [ann, cleo].map((one): Roles => ({ [one]: "OWNER", [keeper]: "COLLABORATOR" })) },
    ],
    refusals: [[], [/^Could not remove \S+ from workspace "churn": no other owner of it .* would be left\./]],
    replaced: [],
  },
  { hit: [1] },
);
