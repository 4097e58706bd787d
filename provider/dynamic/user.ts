import type * as pulumi from "@pulumi/pulumi";
import { isWallarooError } from "../api/errors";
import { findChanges } from "../user/changes";
import { decodeUser, describeRepair, refuseDefects } from "../user/decode";
import { canonicalEmail } from "../user/email";
import { INVITE_ONLY, checkInputs, isSameValue } from "../user/inputs";
import { HalfDoneError } from "../user/half-done";
import type { Lifecycle } from "../user/lifecycle";
import type { UserInputs, UserState } from "../user/model";
import { foundAsNow } from "../user/state";
import { isProvisional } from "../user/unseen";
import { findDuplicates, sentence, type DeclaredInput } from "./declared";
import { engineLog } from "./diagnostics";
import { InitFailedError, asOwnError, toJson, withoutTrace } from "./failures";
import { isUnknown, session } from "./session";
import { findSizeProblem } from "./size";
import { DECLARED_KEY, PROVIDER_KEY } from "./stored";

type Props = Record<string, unknown>;

/** `WallarooUser` as the engine's dynamic-provider process calls it. No method raises anything but an Error. */
export class UserProvider implements pulumi.dynamic.ResourceProvider {
  // Not async: the engine uses the object before the promise of an async configure has ended.
  configure({ config }: pulumi.dynamic.ConfigureRequest): Promise<void> {
    session.configure(config);
    return Promise.resolve();
  }

  async check(olds: Props, news: Props): Promise<pulumi.dynamic.CheckResult> {
    const { [PROVIDER_KEY]: provider, [DECLARED_KEY]: declaration, ...declaredInputs } = news;
    const declared = declaration as DeclaredInput | undefined;
    if (declared?.failure !== undefined)
      return { inputs: news, failures: [sentence({ property: "", reason: declared.failure })] };
    session.run.hasProgram = true;
    const { inputs, failures } = checkInputs(declaredInputs, isUnknown);
    const before = olds["email"];
    if (typeof before === "string" && canonicalEmail(before) === inputs["email"]) {
      // Once declared with adopt, always: the state must not forget that the account is not ours. What can't be read there
      // may have said so.
      const wasAdopted = olds["adopt"] !== undefined && olds["adopt"] !== false;
      if (wasAdopted) inputs["adopt"] = true;
      session.run.rememberOwn(canonicalEmail(before), wasAdopted);
    }
    const result = {
      inputs: { ...inputs, [PROVIDER_KEY]: provider },
      failures: failures.map((failure) => sentence(failure, declared?.secrets)),
    };
    if (failures.length > 0) return result;
    const size = { ...inputs, username: inputs["email"], initialPassword: inputs["password"] };
    const problem = findSizeProblem(toJson(size), "Give shorter values.");
    if (problem !== undefined) return { ...result, failures: [sentence({ property: "", reason: problem })] };
    try {
      result.failures.push(...findDuplicates([inputs["email"]], declared));
      if (result.failures.length === 0 && session.isKnown()) await this.#checkLive(olds, inputs);
    } catch (error) {
      const { message } = asOwnError(error, "check", whoOf(inputs));
      result.failures.push({ property: "", reason: message });
    }
    return result;
  }

  async diff(id: pulumi.ID, olds: Props, news: Props): Promise<pulumi.dynamic.DiffResult> {
    return withoutTrace("compare", whoOf(olds, id), async () => {
      const { state, defects } = decodeUser(ownProps(olds));
      const { updates, replaces } = findChanges(state, news, isUnknown);
      const isReplaced = replaces.length > 0;
      // An account that was never seen is asked about again, whatever is declared.
      const changes = isReplaced || updates.length > 0 || state.unseen === true;
      const mayCutOff = news["enabled"] === false || news["admin"] === false;
      const mayBeRefused =
        isReplaced ||
        mayCutOff ||
        updates.includes("firstName") ||
        updates.includes("lastName") ||
        state.unseen === true;
      if (changes && session.run.hasProgram) refuseDefects("change", whoOf(olds, id), defects);
      if (changes && mayBeRefused && session.isKnown() && session.run.hasProgram) {
        const { lifecycle } = session.platform(olds, news);
        const { email } = news;
        if (isReplaced) await lifecycle.checkLeaving({ id, state }, [email]);
        if (isReplaced && typeof email === "string" && !isUnknown(email))
          lifecycle.warnOfMisspelling(email, new Set([state.email]));
        if (!isReplaced) await lifecycle.checkUpdate({ id, state }, isUnknown(news) ? { ...news, ...NAMELESS } : news);
      }
      return { changes, replaces, deleteBeforeReplace: false };
    });
  }

  async create(inputs: Props): Promise<pulumi.dynamic.CreateResult> {
    try {
      const { id, state } = await session.platform(inputs).lifecycle.create(inputsOf(inputs));
      return { id, outs: toJson(state) };
    } catch (error) {
      throw asStored(error, "create", inputs, inputs);
    }
  }

  async read(id: pulumi.ID, props: Props): Promise<pulumi.dynamic.ReadResult> {
    const who = whoOf(props, id);
    return withoutTrace("read", who, async () => {
      const { lifecycle } = session.platform(props);
      const stored = ownProps(props);
      // WallarooUser.get has nothing stored.
      if (Object.keys(stored).length === 0) {
        const { state } = await lifecycle.get(id);
        return { id, props: toJson(state) };
      }
      const { state: decoded, defects, isFoundLost } = decodeUser(stored);
      // If the stored address can't be read, the id says which account it is.
      const email = decoded.email === "" ? await findEmail(id, lifecycle) : decoded.email;
      const before = { ...decoded, email };
      const seen = await lifecycle.read(id, before);
      if (seen === undefined) return { id: "" };
      if (defects.length > 0) engineLog.warn(describeRepair(who, defects));
      const known = isFoundLost ? foundAsNow(seen) : seen;
      const { state } = known;
      // The engine keeps the old inputs where none are returned; it shows drift by comparing inputs.
      const isDrifted = (known.id !== id && !isProvisional(id)) || MANAGED.some((name) => state[name] !== before[name]);
      return { id: known.id, props: toJson(state), ...(isDrifted ? { inputs: inputsFrom(state) } : {}) };
    });
  }

  async update(id: pulumi.ID, olds: Props, news: Props): Promise<pulumi.dynamic.UpdateResult> {
    try {
      const state = stateOf(olds, id, "change");
      return { outs: toJson(await session.platform(olds, news).lifecycle.update(id, state, inputsOf(news))) };
    } catch (error) {
      throw asStored(error, "update", olds, news);
    }
  }

  async delete(id: pulumi.ID, props: Props): Promise<void> {
    return withoutTrace("delete", whoOf(props, id), async () => {
      const state = stateOf(props, id, "delete");
      try {
        await session.platform(props).lifecycle.delete(id, state);
      } catch (error) {
        if (!(error instanceof HalfDoneError)) throw error;
        // The engine stores nothing of a failed delete: declared again, the person would look unchanged.
        const next =
          "To keep the person instead, run `pulumi refresh` before `up`: the state does not know what was done.";
        throw new HalfDoneError(error.user, `${error.reason} ${next}`);
      }
    });
  }

  /** In preview and again at apply: settings, and what create would be refused for. */
  async #checkLive(olds: Props, inputs: Props): Promise<void> {
    const { lifecycle } = session.platform(olds, inputs);
    // Another address is invited anew, with what is declared now.
    for (const name of olds["email"] === inputs["email"] ? INVITE_ONLY : []) {
      if (olds[name] === undefined || isUnknown(inputs[name]) || isSameValue(olds[name], inputs[name])) continue;
      engineLog.warn(
        `${whoOf(inputs)}: ${name} is used by the invite alone, so its new value changes nothing for an account that is there.`,
      );
    }
    if (olds["email"] === undefined && !isUnknown(inputs)) await lifecycle.plan(inputsOf(inputs));
  }
}

/** Today's address of an account that is known by its id alone. */
async function findEmail(id: string, lifecycle: Lifecycle): Promise<string> {
  try {
    return (await lifecycle.get(id)).state.email;
  } catch (error) {
    if (!isWallarooError(error, "notFound")) throw error;
    const next =
      "The stored address can't be read either: put it back, or let go of the user with `pulumi state delete`.";
    throw error.with({ operation: "read", who: `the user with id ${id}`, next });
  }
}

/** What the engine stores when only a part was done: exactly what is so now. */
function asStored(error: unknown, operation: string, who: Props, news: Props): Error {
  if (!(error instanceof HalfDoneError)) return asOwnError(error, operation, whoOf(who));
  return new InitFailedError(error.user.id, error.user.state, news[PROVIDER_KEY], [error.reason]);
}

/** Names that may still turn out to be the same are no change yet. */
const NAMELESS = { firstName: undefined, lastName: undefined };

const MANAGED = ["email", "enabled", "firstName", "lastName", "admin"] as const;

function inputsOf(props: Props): UserInputs {
  const { [PROVIDER_KEY]: _provider, ...inputs } = props;
  return inputs as unknown as UserInputs;
}

/** The stored values of one user; `null` is a value, and a wrong one. */
function ownProps(props: Props): Props {
  const { [PROVIDER_KEY]: _provider, ...stored } = props;
  return stored;
}

/** The stored state, for what may cut off: raises `refused` when not all of it can be read. */
function stateOf(props: Props, id: string, operation: string): UserState {
  const { state, defects } = decodeUser(ownProps(props));
  refuseDefects(operation, whoOf(props, id), defects);
  return state;
}

/** The inputs that would have led to this state. The password is left out: it must not get into the state unmarked. */
function inputsFrom(state: UserState): Record<string, unknown> {
  const { email, enabled, adopt, onDestroy, firstName, lastName, admin } = state;
  return toJson({ email, enabled, adopt, onDestroy, firstName, lastName, admin });
}

function whoOf(props: Props, id?: string): string {
  const email = props["email"];
  if (typeof email === "string" && email.trim() !== "" && !isUnknown(email)) return email;
  return id === undefined ? "a user" : `the user with id ${id}`;
}
