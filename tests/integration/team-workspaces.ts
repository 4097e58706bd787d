import { OPERATOR } from "../emulator/seeds";
import type { PlatformOptions } from "../emulator/platform";
import { EngineCalls, listen } from "./dynamic";
import { onPlatform } from "./platform";

export const [ann, bob, cleo] = ["ann@example.com", "bob@example.com", "cleo@example.com"];
export const inBoth = { churn: "OWNER", fraud: "COLLABORATOR" };

type Members = Record<string, object>;

/** A team through the calls of the engine, of which any share may leave in one step. */
export const of = (members: Members, more: object = {}) => ({ members, maxDepartures: "100%", ...more });

/** What is stored with the reasons of a step that failed by halves. */
export async function reasonsOf(body: () => Promise<unknown>): Promise<string> {
  const failure: unknown = await body().catch((error: unknown) => error);
  return (failure as { reasons: string[] }).reasons.join("\n");
}

/** A team on a platform with the workspaces `churn` and `fraud`, both owned by the operator. */
export function onTeamWorkspaces() {
  const { platform, start, writes } = onPlatform();
  const said = listen();
  let team: EngineCalls;
  async function begin(options: PlatformOptions = {}): Promise<void> {
    await start(options);
    team = new EngineCalls(platform, "team");
    for (const name of ["churn", "fraud"]) await platform().addWorkspace(name, { owners: [OPERATOR.email] });
  }
  return {
    platform,
    writes,
    said,
    begin,
    team: () => team,
    beginWith: async (members: Members): Promise<void> => {
      await begin();
      await team.up(of(members));
      platform().clearLog();
      said().length = 0;
    },
    /** Other settings from now on, for the same stack. */
    configure: (config: Record<string, string>): void => {
      team = Object.assign(new EngineCalls(platform, "team", config), { kept: team.kept });
    },
    /** Members of a workspace besides the operator. */
    roles: async (name = "churn") => {
      const { [OPERATOR.email]: _operator, ...others } = await platform().membersOf(name);
      return others;
    },
    /** How often the lists of workspaces and of members were asked for, and members added and removed. */
    counts: () =>
      (["workspaces/list", "workspaces/list_users", "workspaces/add_user", "workspaces/remove_user"] as const).map(
        (call) => platform().requests(call).length,
      ),
    /** What is stored of the workspaces of a member. */
    stored: (email: string) =>
      (team.kept?.outputs["details"] as Record<string, { workspaces?: object }> | undefined)?.[email]?.workspaces,
  };
}
