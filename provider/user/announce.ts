import type { ApiUser } from "../api/wire";
import type { Context, Log } from "./context";
import type { UserInputs, UserState } from "./model";
import { planDelete, planRestore, type Plan } from "./policy";
import { inSentence, isShown, profileProperties, type Profile } from "./properties";

/** What becomes of accounts, in the order in which a team lists them, and how its summary counts them. */
const LABELS = {
  leftActive: "left active",
  activated: "activated again",
  deactivated: "deactivated",
  soleOwner: "leaving workspaces without an owner",
  handedOver: "handing over workspaces",
  misspelled: "invited",
  invited: "invited",
  adopted: "adopted",
  moved: "declared elsewhere",
  left: "left as it is",
  gone: "gone already",
};

/** What becomes of one account. */
export interface Announcement {
  kind: keyof typeof LABELS;
  /** Canonical address. */
  email: string;
  /** A sentence that begins after the address. True before and after it is done: `up` prints it when it is over. */
  text: string;
  /** What is easily taken for something else. */
  isWarning?: boolean;
  /** The engine's own line says so for a single user; of a member of a team it says nothing. */
  isPlain?: boolean;
}

/** Longest list of one kind. */
const MOST_LINES = 20;
/** After that, how often an account that is announced by itself gets a line. */
const EVERY = 50;

/** Says what becomes of accounts, each once per kind and process. */
export interface Announcer {
  /** @param announcement undefined says nothing */
  say(announcement: Announcement | undefined): void;
  /** True once for each kind and account. */
  isNew(announcement: Announcement): boolean;
}

/** Says of single accounts what the engine's own line does not: {@link MOST_LINES} lines per kind, then every {@link EVERY}th. */
export class Announcements implements Announcer {
  readonly #said = new Set<string>();
  readonly #counts = new Map<Announcement["kind"], number>();

  constructor(private readonly log: Log) {}

  say(announcement: Announcement | undefined): void {
    if (announcement === undefined || announcement.isPlain === true || !this.isNew(announcement)) return;
    const { kind } = announcement;
    const count = (this.#counts.get(kind) ?? 0) + 1;
    this.#counts.set(kind, count);
    if (count > MOST_LINES && count % EVERY !== 0) return;
    const isLast = count === MOST_LINES;
    const rest = isLast ? `From here on every ${EVERY}th of these accounts is listed` : `${count} accounts so far`;
    print(this.log, announcement, "", count < MOST_LINES ? "" : ` ${rest} (${LABELS[kind]}).`);
  }

  isNew({ kind, email }: Announcement): boolean {
    const topic = `${kind} ${email}`;
    const isNew = !this.#said.has(topic);
    this.#said.add(topic);
    return isNew;
  }
}

/** Gathers what becomes of the members of a team, as one list that does not depend on which of them is done first. */
class TeamAnnouncements implements Announcer {
  readonly #gathered: Announcement[] = [];

  /** @param all those of the process */
  constructor(
    private readonly all: Announcer,
    private readonly log: Log,
    private readonly team: string,
  ) {}

  say(announcement: Announcement | undefined): void {
    if (announcement !== undefined) this.#gathered.push(announcement);
  }

  isNew(announcement: Announcement): boolean {
    return this.all.isNew(announcement);
  }

  /** Says what was gathered. */
  end(): void {
    for (const line of linesOf(this.#gathered.splice(0).filter((one) => this.isNew(one)))) {
      if (typeof line === "string") this.log.info(`${this.team}: ${line}`);
      else print(this.log, line, `${this.team}: `, "");
    }
  }
}

function print(log: Log, { email, text, isWarning }: Announcement, before: string, after: string): void {
  log[isWarning === true ? "warn" : "info"](`${before}${email} ${text}${after}`);
}

/** What is said of a team: up to {@link MOST_LINES} announcements per kind, a count of the others, and a summary. */
export function linesOf(announcements: readonly Announcement[]): (Announcement | string)[] {
  const lines: (Announcement | string)[] = [];
  const totals = new Map<string, number>();
  for (const [kind, label] of Object.entries(LABELS)) {
    const same = announcements.filter((one) => one.kind === kind);
    same.sort((a, b) => (a.email < b.email ? -1 : 1));
    lines.push(...same.slice(0, MOST_LINES));
    if (same.length > MOST_LINES) lines.push(`${same.length - MOST_LINES} more ${label}, not listed.`);
    if (same.length > 0) totals.set(label, (totals.get(label) ?? 0) + same.length);
  }
  const summary = [...totals].map(([label, count]) => `${count} ${label}`).join(", ");
  return announcements.length > 1 ? [...lines, `in all, ${summary}.`] : lines;
}

/** `context` for the members of one team, and what says at the end what becomes of them. */
export function withTeam<C extends Context>(context: C, team: string): [context: C, announcements: TeamAnnouncements] {
  const announcements = new TeamAnnouncements(context.announcements, context.log, team);
  return [{ ...context, announcements }, announcements];
}

/**
 * What create does to the account that has the address. Undefined for one that this resource manages already.
 *
 * @param near an active account whose address differs by one letter
 */
export function ofCreate(plan: Plan, inputs: UserInputs, near?: string): Announcement | undefined {
  const { email, enabled, adopt, password } = inputs;
  if (plan.kind === "continue") return undefined;
  if (plan.kind === "invite") {
    if (near !== undefined) {
      const text = `is not on the platform and gets invited. Did you mean ${near}, which is active there?`;
      return { kind: "misspelled", email, text, isWarning: true };
    }
    const doubt = ", though `adopt: true` is declared. A misspelled address looks just like this";
    const text = `gets invited${enabled ? "" : ", then deactivated"}: no account has this address${adopt === true ? doubt : ""}.`;
    return { kind: "invited", email, text, isPlain: enabled && adopt !== true };
  }
  const { user } = plan;
  const values = findDiffering(inputs, user);
  const set = values.length === 0 ? "" : `, with ${inSentence(values)} as declared`;
  const unused = password === undefined ? "" : " The declared password is not applied.";
  const [kind, words]: [Announcement["kind"], string] = user.enabled
    ? enabled
      ? ["adopted", "is active, and gets taken over (`adopt: true`)"]
      : ["deactivated", "is active, and gets taken over (`adopt: true`) and deactivated"]
    : enabled
      ? ["activated", "is deactivated, and gets activated again without an invite"]
      : ["adopted", "is deactivated, and gets taken over and stays so"];
  return { kind, email, text: `${words}${set}.${unused}`, isWarning: password !== undefined };
}

/** Names of the declared values that the account does not show to have. */
function findDiffering(declared: Profile, user: ApiUser): string[] {
  return profileProperties().flatMap(([name, row]) => {
    const value = declared[name];
    return value === undefined || (isShown(row, user) && row.read(user) === value) ? [] : [name];
  });
}

/**
 * What an update does, if it activates or deactivates the account.
 *
 * @param due what will be sent, as far as it differs from the account
 * @param isOver the day in `expires` is over
 */
export function ofUpdate(
  { email, enabled }: UserState,
  user: ApiUser,
  due: Partial<UserInputs>,
  isOver: boolean,
): Announcement | undefined {
  if (due.enabled === undefined || due.enabled === user.enabled) return undefined;
  const isPlain = due.enabled !== enabled && !isOver;
  if (due.enabled) return { kind: "activated", email, text: "is deactivated, and gets activated again.", isPlain };
  const why = isOver ? `, as its \`expires\` (${due.expires ?? ""}) is over` : "";
  return { kind: "deactivated", email, text: `gets deactivated${why}.`, isPlain };
}

/** An account that leaves one resource and is declared by another. */
export function ofMove(email: string, name: string): Announcement {
  return { kind: "moved", email, text: `is not deactivated, because "${name}" declares it.` };
}

/** An account that is cut off because nothing in the program declares it. */
export function ofUnmanaged(email: string): Announcement {
  return { kind: "deactivated", email, text: "gets deactivated, as nothing in the program declares it." };
}

/** An account that leaves and is not there. */
export function ofGone(email: string): Announcement {
  return { kind: "gone", email, text: "is not on the platform any more: nothing to deactivate." };
}

/** An account that leaves and was invited but never seen, if nothing deactivates it. */
export function ofUnseen(email: string): Announcement {
  const text = "was invited and never seen, and is no longer managed: once it shows up it is active.";
  return { kind: "leftActive", email, text, isWarning: true };
}

/**
 * What becomes of an account that leaves the stack.
 *
 * @param isActive as last seen, before it leaves
 * @param tense `was` once it has left
 */
export function ofLeaving(state: UserState, isActive: boolean, tense: "gets" | "was"): Announcement {
  const { email, onDestroy } = state;
  const target = planDelete(state);
  const found = Object.entries(planRestore(state)) as [keyof Profile, unknown][];
  const restored = found.flatMap(([name, value]) => (state[name] === value ? [] : [name]));
  const back = restored.length === 0 ? "" : `, with ${inSentence(restored)} put back as found`;
  if (target === "deactivate") {
    const as = onDestroy === undefined && state.adopted ? ", as this stack found it" : "";
    const text = `stays deactivated and is no longer managed${back}.`;
    if (!isActive) return { kind: "left", email, text, isPlain: back === "" };
    return { kind: "deactivated", email, text: `${tense} deactivated${as}${back}.` };
  }
  if (target === "activate") {
    const why = `it was active when this stack adopted it${back}. ${CUT_OFF}`;
    if (isActive) return { kind: "leftActive", email, text: `stays active: ${why}`, isWarning: true };
    return { kind: "activated", email, text: `is deactivated, and ${tense} activated again: ${why}`, isWarning: true };
  }
  const why = onDestroy === "retain" ? ' (onDestroy: "retain")' : " (the state does not tell how it was found)";
  const left = `is left as it is on the platform and is no longer managed${why}`;
  if (!isActive) return { kind: "left", email, text: `${left}. It is deactivated.` };
  return { kind: "leftActive", email, text: `${left}. It stays active. ${CUT_OFF}`, isWarning: true };
}

const CUT_OFF =
  'To cut it off, deactivate it on the platform, or declare it with `adopt: true, onDestroy: "deactivate"`, run ' +
  "`pulumi up`, and take it out then.";
