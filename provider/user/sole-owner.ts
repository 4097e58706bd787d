import { MAX_NAMED, cleanWords, isWallarooError, listed, refusal, type WallarooError } from "../api/errors";
import type { ApiUser } from "../api/wire";
import type { Announcement } from "./announce";
import type { Context, OwnedWorkspace, Ownership } from "./context";
import { DECISION_AGE_MS, type Directory } from "./directory";
import { addressOf } from "./email";
import type { DeclaredState } from "./model";
import { ambiguous, type View } from "./view";

/** An account that is about to be cut off, with what is declared for the workspaces that it alone owns. */
export interface Leaver extends Pick<DeclaredState, "handOver" | "onSoleOwner"> {
  user: ApiUser;
  /** Canonical addresses of accounts that will be active before it leaves, though they are not there, or not active, yet. */
  arriving?: ReadonlySet<string>;
  /** Ids of workspaces that will have another owner before it leaves. */
  owned?: ReadonlySet<number>;
}

/** A workspace without another owner that stays. */
interface Owned {
  workspace: OwnedWorkspace;
  /** False when the platform does not show the role of the leaver. */
  isShown: boolean;
}

/** What is done about the workspaces of one leaver. */
interface Plan {
  leaver: Leaver;
  owned: Owned[];
  /** Who becomes their owner. */
  heir?: ApiUser;
  refusal?: WallarooError;
}

type Around = Pick<Context, "run" | "announcements" | "log" | "ownership"> & { directory: Pick<Directory, "view"> };

/**
 * Says of accounts that are about to be cut off which workspaces they alone own, and answers why they must not be: one
 * refusal per account. Another owner counts if it is active and does not leave in this run. Sends nothing that changes
 * the platform, and nothing at all if none of them is active.
 */
export async function findSoleOwnerRefusals(context: Around, leavers: readonly Leaver[]): Promise<WallarooError[]> {
  return (await planAll(context, leavers)).flatMap(({ refusal }) => refusal ?? []);
}

/**
 * Makes the account in `handOver` an owner of the workspaces that the leaver alone owns, before it is cut off. Raises what
 * {@link findSoleOwnerRefusals} answers before anything is sent, and what the platform answers; `unconfirmed` if a look does
 * not show the new owner.
 */
export async function handOver(context: Around, leaver: Leaver): Promise<void> {
  for (const { owned, heir, refusal } of await planAll(context, [leaver])) {
    if (refusal !== undefined) throw refusal;
    if (heir === undefined) continue;
    for (const { workspace } of owned) await context.ownership?.makeOwner(workspace, heir);
  }
}

async function planAll(context: Around, leavers: readonly Leaver[]): Promise<Plan[]> {
  const { run, directory, announcements } = context;
  // An account that an invite of this run has made owns nothing.
  const leaving = leavers.filter(({ user }) => user.enabled && !run.invited.has(user.id));
  if (leaving.length === 0 || context.ownership === undefined) return [];
  for (const { user } of leaving) run.departing.add(user.id);
  const ids = new Set(leaving.map(({ user }) => user.id));
  const looked = await look(context, context.ownership, ids);
  if ("failure" in looked) return leaving.filter(isStrict).map((leaver) => notKnown(leaver, looked.failure));
  const theirs = byMember(looked, ids);
  const owns = ({ user: { id } }: Leaver) => findSoleOwned(id, theirs, () => false).length > 0;
  if (!leaving.some((leaver) => owns(leaver) || run.heirs.has(leaver.user.id))) return [];
  const view = await directory.view(DECISION_AGE_MS);
  const stays = (id: string) => view.findById(id)?.enabled === true && !run.isCutOff(id);
  const { ownership } = context;
  const staysIn = (id: string, workspaceId: number) => stays(id) && !ownership.isLeaving(workspaceId, id);
  return leaving.map((leaver) => {
    const all = findSoleOwned(leaver.user.id, theirs, staysIn);
    const owned = all.filter(({ workspace }) => leaver.owned?.has(workspace.id) !== true);
    const plan = planOne(leaver, owned, view, stays);
    const from = run.heirs.get(leaver.user.id);
    if (from !== undefined) plan.refusal = refuse(leaver, `it takes over the workspaces of ${from} in this run`, TWICE);
    else if (plan.heir !== undefined) run.heirs.set(plan.heir.id, addressOf(leaver.user));
    if (plan.refusal === undefined && owned.length > 0) announcements.say(announcementOf(plan));
    return plan;
  });
}

type Looked = Awaited<ReturnType<Ownership["look"]>>;

/** All workspaces with their members, or why they can't be seen. Says once what is not said then, of default settings. */
async function look(
  { run, log }: Pick<Context, "run" | "log">,
  ownership: Ownership,
  leaving: ReadonlySet<string>,
): Promise<Looked | { failure: WallarooError }> {
  try {
    return await ownership.look(leaving);
  } catch (error) {
    if (!isWallarooError(error)) throw error;
    // That a release has no workspaces is no news to those who run it.
    if (error.kind !== "notFound" && run.isNew("workspaces")) {
      log.warn(`${error.message} So it is not said which workspaces an account alone owns before it is cut off.`);
    }
    return { failure: error };
  }
}

type Theirs = ReadonlyMap<string, Looked[number][]>;

/** The workspaces that each of these accounts is in: of thousands, none goes through those of all others. */
function byMember(looked: Looked, ids: ReadonlySet<string>): Theirs {
  const theirs = new Map<string, Looked[number][]>();
  for (const one of looked) {
    for (const id of one[1].ids()) {
      if (!ids.has(id)) continue;
      const own = theirs.get(id);
      if (own === undefined) theirs.set(id, [one]);
      else own.push(one);
    }
  }
  return theirs;
}

/** The workspaces of which the account is, or may be, the only owner that stays. */
function findSoleOwned(id: string, theirs: Theirs, stays: (id: string, workspaceId: number) => boolean): Owned[] {
  return (theirs.get(id) ?? []).flatMap(([workspace, members]) => {
    if (members.roleOf(id) === "COLLABORATOR") return [];
    const staysHere = (other: string) => members.roleOf(other) === "OWNER" && stays(other, workspace.id);
    const isLeft = members.ids().some((other) => other !== id && staysHere(other));
    return isLeft ? [] : [{ workspace, isShown: members.roleOf(id) !== undefined }];
  });
}

function planOne(leaver: Leaver, owned: Owned[], view: View, stays: (id: string) => boolean): Plan {
  const plan = { leaver, owned };
  if (owned.length === 0) return plan;
  const { handOver: address, onSoleOwner, user } = leaver;
  if (address === undefined) {
    if (onSoleOwner !== "refuse") return plan;
    const words = `it alone owns ${describe(owned)}, and onSoleOwner is "refuse"`;
    return { ...plan, refusal: refuse(leaver, words, `Name another account in \`handOver\`, ${OR_BY_HAND}`) };
  }
  if (leaver.arriving?.has(address) === true) return plan;
  const [heir, ...others] = view.findAllByEmail(address);
  if (others.length > 0 && heir !== undefined) return { ...plan, refusal: ambiguous(address, [heir, ...others]) };
  const problem = findHeirProblem(heir, user, stays);
  if (problem === undefined && heir !== undefined) return { ...plan, heir };
  const words = `it alone owns ${describe(owned)}, and handOver names ${address}, ${problem}`;
  return { ...plan, refusal: refuse(leaver, words, `Name an active account that stays, ${OR_BY_HAND}`) };
}

function findHeirProblem(heir: ApiUser | undefined, user: ApiUser, stays: (id: string) => boolean): string | undefined {
  if (heir === undefined) return "which no account has";
  if (heir.id === user.id) return "which is the account itself";
  if (!heir.enabled) return "whose account is deactivated";
  return stays(heir.id) ? undefined : "whose account is cut off in this run, too";
}

function describe(owned: readonly Owned[]): string {
  const count = (number: number, what: string) => `${number} ${what}${number === 1 ? "" : "s"}`;
  const names = owned.map(({ workspace: { name, models, pipelines }, isShown }) => {
    const role = isShown ? "" : "; its role is not shown";
    return `${cleanWords(name)} (${count(models.length, "model")}, ${count(pipelines.length, "pipeline")}${role})`;
  });
  return listed(names, MAX_NAMED);
}

function announcementOf({ leaver, owned, heir }: Plan): Announcement {
  const email = addressOf(leaver.user);
  const what = `alone owns ${describe(owned)}`;
  const to = heir === undefined ? leaver.handOver : addressOf(heir);
  if (to !== undefined) return { kind: "handedOver", email, text: `${what}: handed over to ${to} first.` };
  const text = `${what}: left without an active owner. To hand over, declare \`handOver\` and run \`pulumi up\` before it leaves.`;
  return { kind: "soleOwner", email, text, isWarning: true };
}

function isStrict({ handOver, onSoleOwner }: Leaver): boolean {
  return handOver !== undefined || onSoleOwner === "refuse";
}

function refuse({ user }: Leaver, words: string, next: string): WallarooError {
  return refusal("deactivate", addressOf(user), words, `Nothing was sent for it. ${next}`);
}

/** Without the workspaces, nobody can tell that nothing is left behind. */
function notKnown(leaver: Leaver, failure: WallarooError): Plan {
  const who = addressOf(leaver.user);
  const strict = 'With `handOver` or `onSoleOwner: "refuse"` an account is cut off only once that is known.';
  const next =
    failure.kind === "notFound"
      ? "Leave both out if this release of the platform has no workspaces in its API."
      : failure.next;
  const operation = "tell which workspaces are owned by";
  return { leaver, owned: [], refusal: failure.with({ operation, who, next: `${strict} ${next}` }) };
}

const OR_BY_HAND =
  "or make another account owner of them on the platform. For an account that is taken out, what the last `pulumi up` stored counts.";
const TWICE = "Let it leave in a later run.";
