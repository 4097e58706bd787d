import { isDeepStrictEqual } from "node:util";
import type { Line } from "../api/line";
import type { Log } from "../user/account";
import { DECISION_AGE_MS, type Directory } from "../user/directory";
import { HalfDoneError } from "../user/half-done";
import type { Lifecycle } from "../user/lifecycle";
import type { KnownUser } from "../user/model";
import { planDelete } from "../user/policy";
import type { RunMemory } from "../user/run";
import { foundAsNow, redeclare } from "../user/state";
import { findTeamChanges, type TeamChanges } from "./changes";
import { personOf } from "./inputs";
import type { MemberInputs, Members, TeamState } from "./model";
import { runAll } from "./progress";
import { inputsFrom, pack, unpack } from "./state";
import { isNotTried, reasonsOf, summaryOf } from "./summary";

/** Some people could not be brought to what is declared. */
export class TeamError extends Error {
  override readonly name = "TeamError";

  constructor(
    summary: string,
    /** One line a person. */
    readonly reasons: string[],
    /** What is so now, where something was done; undefined where nothing was to be done. */
    readonly state?: TeamState,
  ) {
    super([summary, ...reasons].join("\n"));
  }
}

/** What {@link TeamLifecycle} works with. */
export interface TeamTools {
  lifecycle: Lifecycle;
  directory: Directory;
  run: RunMemory;
  log: Log;
  line: Line;
}

type Step = () => Promise<void>;

/**
 * Create, read, update and delete of many people in one resource. What happens to each is decided by {@link Lifecycle},
 * as for a single user; here is only who joins, who stays, who leaves, and what came of it. Every method tries everybody
 * before it raises {@link TeamError}, which names all who failed.
 */
export class TeamLifecycle {
  constructor(private readonly tools: TeamTools) {}

  /** Preview: raises when somebody's create, update or leaving would be refused. Sends nothing that changes something. */
  async check(
    state: TeamState | undefined,
    declared: Record<string, unknown>,
    changes: TeamChanges,
    team: string,
  ): Promise<void> {
    const { lifecycle, directory, run } = this.tools;
    const stored = state === undefined ? new Map<string, KnownUser>() : unpack(state);
    const inputsOf = (email: string) => personOf(email, declared[email] as MemberInputs);
    const steps: Step[] = [];
    const arriving = Object.keys(declared).filter((email) => !stored.has(email));
    const ownIds = new Set([...stored.values()].map(({ id }) => id));
    const leaving = new Set(changes.removed);
    const view = await directory.view(DECISION_AGE_MS);
    for (const email of changes.added) {
      // A member whose address was changed on the platform: who leaves for it is told to refresh.
      const there = view.findAllByEmail(email);
      if (there.length === 1 && there.every(({ id }) => ownIds.has(id))) continue;
      steps.push(async () => void (await lifecycle.plan(inputsOf(email), leaving)));
    }
    for (const { email } of changes.changed) {
      const known = stored.get(email);
      if (known === undefined) continue;
      steps.push(() => lifecycle.checkUpdate(known, inputsOf(email)));
    }
    for (const email of changes.removed) {
      const known = stored.get(email);
      if (known === undefined || run.findDeclaration(email) !== undefined) continue;
      steps.push(() => lifecycle.checkLeaving(known, arriving));
    }
    const failures = await this.#run(`${team}: check`, steps);
    if (failures.length === 0) return;
    const which = steps.length === 1 ? "its only change" : `${failures.length} of its ${steps.length} changes`;
    throw new TeamError(`Nothing was sent for ${team}, because ${which} can't be made:`, reasonsOf(failures));
  }

  /**
   * Brings everybody to what is declared: who frees a seat first, then who joins or changes, and who is not declared any
   * more last, and only if nobody failed before, as the engine deletes only after everything else went well. The raised
   * {@link TeamError} holds the state as it is then.
   */
  async apply(before: TeamState | undefined, declared: Members, team: string): Promise<TeamState> {
    const { lifecycle, directory } = this.tools;
    const people = before === undefined ? new Map<string, KnownUser>() : unpack(before);
    directory.noteKnown(idsOf(people));
    const changes = findTeamChanges(people, declared, () => false);
    const touched = new Set([...changes.added, ...changes.changed.map(({ email }) => email)]);
    const freeing: Step[] = [];
    const others: Step[] = [];
    for (const [email, member] of Object.entries(declared)) {
      const inputs = personOf(email, member);
      const known = people.get(email);
      if (known !== undefined && !touched.has(email)) {
        people.set(email, { id: known.id, state: redeclare(known.state, inputs) });
        continue;
      }
      const body = async () => {
        try {
          if (known === undefined) people.set(email, await lifecycle.create(inputs));
          else people.set(email, { id: known.id, state: await lifecycle.update(known.id, known.state, inputs) });
        } catch (error) {
          if (error instanceof HalfDoneError) people.set(email, error.user);
          throw error;
        }
      };
      (known !== undefined && !inputs.enabled ? freeing : others).push(body);
    }
    const leaving = changes.removed;
    const failures = await this.#run(`${team}: deactivate`, freeing);
    failures.push(...(await this.#run(`${team}: create and update`, others)));
    const isHeldBack = failures.length > 0 && leaving.length > 0;
    if (!isHeldBack) failures.push(...(await this.#letGo(leaving, people, team)));
    const state = pack(people.values());
    if (failures.length === 0) return state;
    const held = isHeldBack ? ` ${leaving.length} not declared any more were left alone for now.` : "";
    const isTried = !failures.some(isNotTried);
    const next = `${isTried ? " Everybody else is done, and what" : " What"} was done is stored; the next \`pulumi up\` does the rest.`;
    const total = freeing.length + others.length + leaving.length;
    throw new TeamError(`${summaryOf("change", team, failures, total)}${held}${next}`, reasonsOf(failures), state);
  }

  /**
   * Everybody as they are now. `inputs` are there where that is not what the state said. Who vanished is left out.
   *
   * @param foundLost adopted members of whom it is not known how they were found: as they are now, from now on
   */
  async read(
    state: TeamState,
    team: string,
    foundLost: ReadonlySet<string> = new Set(),
  ): Promise<{ state: TeamState; inputs?: Members }> {
    const { lifecycle, directory } = this.tools;
    const people = unpack(state);
    directory.noteKnown(idsOf(people));
    const steps = [...people].map(([email, known]) => async () => {
      const now = await lifecycle.read(known.id, known.state);
      if (now === undefined) people.delete(email);
      else people.set(email, foundLost.has(email) ? foundAsNow(now) : now);
    });
    const failures = await this.#run(`${team}: read`, steps);
    // One answer is about all of them: where it is bad, nobody's reading is to be trusted.
    if (failures.length > 0) throw new TeamError(summaryOf("read", team, failures, steps.length), reasonsOf(failures));
    const after = pack(people.values());
    return { state: after, ...(isDeepStrictEqual(after, state) ? {} : { inputs: inputsFrom(people) }) };
  }

  /** Leaves everybody's account as their `onDestroy` says. May be called again for those who failed. */
  async delete(state: TeamState, team: string): Promise<void> {
    const people = unpack(state);
    this.tools.directory.noteKnown(idsOf(people));
    const total = people.size;
    const failures = await this.#letGo([...people.keys()], people, team);
    if (failures.length > 0) {
      const next =
        "The next `pulumi destroy` (or `up`, where the team is not declared any more) tries again, and leaves alone who " +
        "is done. To keep the team instead, run `pulumi refresh` before `up`: the state does not know who is done.";
      throw new TeamError(`${summaryOf("delete", team, failures, total)} ${next}`, reasonsOf(failures));
    }
  }

  /** Takes those who leave out of `people`; who frees a seat first, as some take one on their way out. */
  async #letGo(emails: readonly string[], people: Map<string, KnownUser>, team: string): Promise<unknown[]> {
    const freeing: Step[] = [];
    const others: Step[] = [];
    for (const email of emails) {
      const known = people.get(email);
      if (known === undefined) continue;
      (planDelete(known.state) === false ? freeing : others).push(async () => {
        try {
          await this.tools.lifecycle.delete(known.id, known.state);
          people.delete(email);
        } catch (error) {
          // Declared again, they have to be brought back: the state must not say that nothing happened.
          if (error instanceof HalfDoneError) people.set(email, error.user);
          throw error;
        }
      });
    }
    const failures = await this.#run(`${team}: let go`, freeing);
    return [...failures, ...(await this.#run(`${team}: let go`, others))];
  }

  /** What each of those who failed met with, in the order of the steps. */
  async #run(what: string, steps: readonly Step[]): Promise<unknown[]> {
    if (steps.length === 0) return [];
    const { line, log } = this.tools;
    return (await runAll(what, steps, line, log)).filter((error) => error !== undefined);
  }
}

function idsOf(people: ReadonlyMap<string, KnownUser>): string[] {
  return [...people.values()].map(({ id }) => id);
}
