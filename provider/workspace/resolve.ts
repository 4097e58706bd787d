import { MAX_NAMED, listed, refusal } from "../api/errors";
import type { ApiUser, ApiWorkspace } from "../api/wire";
import { isProvisional } from "../user/absence";
import { findInFresh } from "../user/directory";
import { findNearest } from "../user/nearest";
import type { View } from "../user/view";
import { isAddress } from "./check";
import type { WorkspaceContext } from "./context";
import type { WorkspaceList } from "./view";

/** The workspace that is declared. Raises `refused` if the provider sees none, or several may be meant. */
export async function getWorkspace(
  { workspaceDirectory }: Pick<WorkspaceContext, "workspaceDirectory">,
  given: string | number,
  maxAgeMs: number,
): Promise<ApiWorkspace> {
  const { found, view: list } = await findInFresh(
    (...ages) => workspaceDirectory.workspaces(...ages),
    maxAgeMs,
    (seen) => seen.find(given),
  );
  if (found !== undefined) return found;
  throw refusal(
    "find",
    `workspace ${typeof given === "number" ? given : `"${given}"`}`,
    `the account that the provider runs as sees no workspace of this name or id${describeSeen(list)}`,
    `${describeNearest(given, list)}Check the name, which counts sign by sign, and that this account is an administrator. ` +
      "This provider makes no workspaces.",
  );
}

function describeNearest(given: string | number, list: WorkspaceList): string {
  const names = list.all().map(({ name }) => name);
  const nearest = typeof given === "string" ? findNearest(given, names) : undefined;
  return nearest === undefined ? "" : `Did you mean "${nearest}"? `;
}

function describeSeen(list: WorkspaceList): string {
  const names = list.all().map(({ id, name }) => `"${name}" (${id})`);
  return names.length === 0 ? ", and none at all" : `; it sees ${listed(names.sort(), MAX_NAMED)}`;
}

/** The account that is declared, by its address or id; undefined if the platform has none. Raises `refused` if several are meant. */
export async function findAccount(
  { directory }: Pick<WorkspaceContext, "directory">,
  user: string,
  maxAgeMs: number,
): Promise<ApiUser | undefined> {
  if (isProvisional(user)) {
    throw refusal(
      "find",
      `the account ${user}`,
      "it was invited, and is not visible on the platform yet",
      "Nothing was sent. Run `pulumi refresh` once the platform shows it, then `pulumi up`.",
    );
  }
  const findIn = (view: View) => (isAddress(user) ? view.findByAddress(user) : view.findById(user));
  return (await findInFresh((...ages) => directory.view(...ages), maxAgeMs, findIn)).found;
}

/** {@link findAccount}. Raises `refused` if there is none. */
export async function getAccount(
  context: Pick<WorkspaceContext, "directory" | "run">,
  user: string,
  maxAgeMs: number,
): Promise<ApiUser> {
  const account = await findAccount(context, user, maxAgeMs);
  if (account !== undefined) return account;
  const name = isAddress(user) ? context.run.findDeclaration(user)?.name : undefined;
  throw refusal(
    "find",
    `the account ${user}`,
    `no account on the platform has this ${isAddress(user) ? "address" : "id"}`,
    name === undefined
      ? "Declare a WallarooUser of this address and give its id (`user: ann.id`), or correct what is given."
      : `"${name}" declares it: give its id (\`user: ann.id\`, or \`team.ids[...]\`), so that the account is made first.`,
  );
}
