import { isUncertain, messageOf } from "../api/errors";
import type { ApiUser } from "../api/wire";
import { refuseDoubtfulAbsence } from "./absence";
import { refuseSharedAddress } from "./addresses";
import type { ArrivalTools } from "./arrival";
import { confirm, inOrder, type Change } from "./confirmation";
import { DECISION_AGE_MS, type View } from "./directory";
import { canonicalEmail } from "./email";
import { HalfDoneError } from "./half-done";
import type { KnownUser, UserState } from "./model";
import { cuttingOff, planDelete, refusal, refuseGuarded, refuseGuardedDelete, refuseUnknownAddress } from "./policy";
import { hasProfile, planRestore } from "./profile";
import { stateOf } from "./state";

/** How far a departure has come. */
type Left =
  /** All that had to be sent was sent, and is still to be confirmed. */
  | { kind: "written"; change: Change }
  /** Another resource has the account. */
  | { kind: "stays" }
  /** `view` does not show the account; whether to believe that is still open. */
  | { kind: "missing"; view: View };

/** How this stack lets go of a person. */
export class Departures {
  constructor(private readonly tools: ArrivalTools) {}

  /**
   * Leaves the account as its `onDestroy` says. An account that this run created or took over, or that another resource
   * of the program declares, is left alone: that is a rename or a move, not a departure. Raises {@link HalfDoneError} when
   * something was done, or may have been.
   */
  async leave({ id, state }: KnownUser): Promise<void> {
    const { run, log, line, directory } = this.tools;
    const { email } = state;
    const target = planDelete(state);
    if (target === undefined) {
      log.info(
        `${email} is left as it is on the platform and is no longer managed${state.onDestroy === "retain" ? ' (onDestroy: "retain")' : ""}.`,
      );
      return;
    }
    // A replacement that ends in the account that it began with: nobody leaves.
    if (run.isOwn(email) && run.isKept(id)) return this.#warnOfForgotten(state);
    if (this.#isStaying(id, [email])) return;
    const known = { id, state };
    directory.noteKnown([id]);
    const left = await directory.whileWorking(async () => {
      const left = await line.run(() => this.#letGo(known, target));
      if (left.kind === "written") await this.#confirm(known, left.change);
      return left;
    });
    if (left.kind !== "missing") return;
    await refuseDoubtfulAbsence("delete", known, left.view, this.tools);
    log.info(`${email} is not on the platform any more: nothing to deactivate.`);
  }

  /** Not in line, as many confirmations share a query. */
  async #confirm({ id, state }: KnownUser, change: Change): Promise<void> {
    const { user, failure } = await confirm(change, this.tools);
    // Taken over by another resource meanwhile: how it is now is that one's doing.
    if (failure === undefined || this.tools.run.isKept(id)) return;
    throw halfGone({ id, state }, user, failure);
  }

  /** True, and said, when this run took the account over, or declares one of these addresses. */
  #isStaying(id: string, emails: readonly string[]): boolean {
    const { run, log } = this.tools;
    const declaration = emails.map((email) => run.findDeclaration(email)).find((found) => found !== undefined);
    if (declaration === undefined && !run.isKept(id)) return false;
    const email = emails.at(-1);
    // A move that the program declares, such as from a user to a team, where no alias could help.
    if (declaration !== undefined) log.info(`${email} is not deactivated, because "${declaration.name}" declares it.`);
    else log.warn(`${email} is not deactivated, because this run has just taken it over.`);
    return true;
  }

  /**
   * Says so when a replacement that ended in the same account forgot what destroy would have put back: its create is
   * given no old values by the engine, and takes what this stack made of the account for what it found.
   */
  #warnOfForgotten(state: UserState): void {
    const { email, adopted, foundEnabled, found, onDestroy } = state;
    if (onDestroy !== undefined) return;
    const isAdoptedAnew = this.tools.run.wasAdopted(email);
    if (!hasProfile(found ?? {}) && !(isAdoptedAnew && (!adopted || foundEnabled === false))) return;
    const was = adopted ? "as it was found before this stack managed it" : "deactivated, though this stack invited it";
    this.tools.log.warn(
      `${email} was replaced and is the same account: destroy would have left it ${was}, and now leaves it ` +
        `${isAdoptedAnew ? "as it was just now" : "deactivated"}. Set \`onDestroy\` to say what it is to do.`,
    );
  }

  /** Decides on a fresh view, and writes. Runs in line. */
  async #letGo({ id, state }: KnownUser, target: boolean): Promise<Left> {
    const { accounts, directory, log, breaker } = this.tools;
    const { email } = state;
    breaker.refuse({ operation: "delete", who: email, writes: true, takesSeat: target });
    const view = await directory.view(DECISION_AGE_MS);
    const user = view.findById(id);
    if (user === undefined) {
      const other = view.findByEmail(email);
      if (other === undefined) return { kind: "missing", view };
      throw refusal(
        "delete",
        email,
        `the account of this address has id ${other.id}, and this stack manages ${id}`,
        "Run `pulumi refresh` to make this stack manage that account, or `pulumi state delete` to let go of it.",
      );
    }
    const found = planRestore(state);
    const cutsOff = target ? cuttingOff(user, found, state.admin) !== undefined : user.enabled;
    const context = await this.tools.context(view, cutsOff);
    // Asked again, now that the turn has come and the address of today is known; nothing is awaited from here to the write.
    if (this.#isStaying(id, [email, canonicalEmail(user.email ?? user.username)])) return { kind: "stays" };
    if (target !== user.enabled) refuseSharedAddress(user, view);
    if (target !== user.enabled || hasProfile(found)) refuseUnknownAddress(state, user);
    if (!target) refuseGuardedDelete(user, context);
    else refuseGuarded(user, { ...found, email }, context, state.admin);
    if (target && !user.enabled) {
      log.warn(
        `${email} is deactivated, and is activated again: it was active when this stack adopted it. Where that is not meant, ` +
          'set `onDestroy: "deactivate"` (or "retain") and run `pulumi up` before they leave.',
      );
    }
    let change: Change | undefined;
    const leave = async () => {
      change = await accounts.setEnabled(user, target);
      if (!hasProfile(found)) return change;
      // Where no roles are shown, the edit has to say what this stack knows of them.
      const admin = user.realmRoles === undefined && state.admin !== undefined ? { admin: state.admin } : {};
      const profile = { ...admin, ...found, email, enabled: target };
      return inOrder(change, await accounts.editProfile(change.wanted, profile, state.admin));
    };
    try {
      const departure = leave();
      // The writes alone: another resource may wait for them with a place in line, and confirmations wait for that one.
      this.tools.run.noteDeparture(id, departure);
      return { kind: "written", change: await departure };
    } catch (error) {
      const left = change?.wanted ?? user;
      if (left === user && !isUncertain(error)) throw error;
      throw halfGone({ id, state }, left, error);
    }
  }
}

/** The account as it is now, of whose departure a part is not done, or may not be. */
function halfGone({ id, state }: KnownUser, user: ApiUser, cause: unknown): HalfDoneError {
  return new HalfDoneError({ id, state: { ...stateOf(user, state), email: state.email } }, messageOf(cause), { cause });
}
