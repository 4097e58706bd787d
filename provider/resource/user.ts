import { isWallarooError } from "../api/errors";
import { toJson } from "../api/json";
import type { Platform } from "../connect";
import { USER } from "../lookups";
import { isProvisional } from "../user/absence";
import { checkUser, unnamed } from "../user/check";
import type { Context } from "../user/context";
import { createUser } from "../user/create";
import { decodeUser, describeRepair, refuseDefects } from "../user/decode";
import { deleteUser } from "../user/delete";
import { findChanges, findDrift, isSameValue, withoutUnknown } from "../user/diff";
import { READ_AGE_MS } from "../user/directory";
import { canonicalEmail } from "../user/email";
import { describeEnd, dueToday, findToday } from "../user/expiry";
import type { UserInputs, UserState } from "../user/model";
import { PartialFailure } from "../user/partial-failure";
import { mayBeRefused, previewCreate, previewReplacement, previewUpdate } from "../user/preview";
import { namesOf } from "../user/properties";
import { getUser, readUser } from "../user/read";
import { previewSeats } from "../user/seats";
import { foundAsNow, inputsFrom } from "../user/state";
import { updateUser } from "../user/update";
import { addFound, findDuplicates, refuseCutOff, sentence } from "./declared";
import type { Checked, Declared, Difference, Props, Resource, Stored } from "./resource";
import type { Session } from "./session";
import { findSizeProblem } from "./size";

/** One user, for any adapter. */
export function userResource(session: Session): Resource {
  const { run, isUnknown } = session;

  function nameOf(props: Props, id?: string): string {
    const { email } = props;
    if (typeof email === "string" && email.trim() !== "" && !isUnknown(email)) return email;
    return id === undefined ? "a user" : `the user with id ${id}`;
  }

  /** In preview and again at apply: settings, and what create would be refused for. */
  async function checkLive(olds: Props, inputs: Props): Promise<void> {
    const { context } = session.platform(olds, inputs);
    // Another address is invited anew, with what is declared now.
    for (const name of olds["email"] === inputs["email"] ? namesOf("inviteOnly") : []) {
      if (olds[name] === undefined || isUnknown(inputs[name]) || isSameValue(olds[name], inputs[name])) continue;
      session.log.warn(
        `${nameOf(inputs)}: ${name} is used by the invite alone, so its new value changes nothing for an account that is there.`,
      );
    }
    if (typeof inputs["expires"] === "string" && !isUnknown(inputs["expires"])) {
      const end = describeEnd(inputs, await findToday(context));
      if (end !== undefined) session.log.warn(`${nameOf(inputs)} ${end}.`);
    }
    if (olds["email"] === undefined && !isUnknown(inputs)) {
      const due = inputsOf(await dueToday(context, inputs));
      await previewCreate(context, due);
      context.directory.expectCreate(due.email);
    }
  }

  /** Says nothing of a seat while it is not known which account takes or frees it. */
  async function checkSeats(olds: Props, inputs: Props, declared: Declared | undefined): Promise<void> {
    const { email, enabled, expires } = inputs;
    if (typeof email !== "string" || [email, enabled, expires].some(isUnknown)) return;
    const before = olds["email"] === email ? olds : undefined;
    const { context } = session.platform(olds, inputs);
    await previewSeats(context, nameOf(inputs), [{ email, before, now: inputs }], declared ?? { key: email });
  }

  /** The inputs as they count today, once the platform is known. */
  async function dueInputs(olds: Props, news: Props): Promise<Props> {
    if (news["expires"] === undefined || isUnknown(news["expires"]) || !session.isKnown()) return news;
    return dueToday(session.platform(olds, news).context, news);
  }

  /** The stored state, for what may cut off. Raises `refused` when it has defects. */
  function stateOf(stored: Props, id: string, operation: string): UserState {
    const { state, defects } = decodeUser(stored);
    refuseDefects(operation, nameOf(stored, id), defects);
    return state;
  }

  return {
    nameOf,

    async check(olds, news, declared): Promise<Checked> {
      run.hasProgram = true;
      const { inputs, failures } = checkUser(news, isUnknown);
      const before = olds["email"];
      if (typeof before === "string" && canonicalEmail(before) === inputs["email"]) {
        // Once declared with adopt, always: the state must not forget that the account is not ours. An unreadable value may
        // have said so.
        const wasAdopted = olds["adopt"] !== undefined && olds["adopt"] !== false;
        if (wasAdopted) inputs["adopt"] = true;
        run.rememberOwn(canonicalEmail(before), wasAdopted);
      }
      const result: Checked = { inputs, failures: failures.map((failure) => sentence(failure, declared?.secrets)) };
      if (failures.length > 0) return result;
      const expected = { ...inputs, username: inputs["email"], initialPassword: inputs["password"] };
      const problem = findSizeProblem(toJson(expected), "Give shorter values.");
      if (problem !== undefined) return { inputs, failures: [sentence(unnamed(problem))] };
      return addFound(result, nameOf(inputs), session, async () => {
        const duplicates = findDuplicates([inputs["email"]], declared, session);
        if (duplicates.length > 0 || !session.isKnown()) return duplicates;
        await checkLive(olds, inputs);
        await checkSeats(olds, inputs, declared);
        return [];
      });
    },

    async diff(id, olds, news): Promise<Difference> {
      run.managed.ids.add(id);
      const { state, defects } = decodeUser(olds);
      const due = await dueInputs(olds, news);
      const { updates, replaces } = findChanges(state, due, isUnknown);
      const isReplaced = replaces.length > 0;
      if (!isReplaced) refuseCutOff([id], nameOf(olds, id), session);
      // An account that was never seen is asked about again, and a step that failed is made up for, whatever is declared.
      const isOpen = state.unseen === true || state.unfinished === true;
      const changes = isReplaced || updates.length > 0 || isOpen;
      if (changes && run.hasProgram) refuseDefects("change", nameOf(olds, id), defects);
      const isAsked = changes && (isReplaced || mayBeRefused(state, due, updates));
      if (isAsked && session.isKnown() && run.hasProgram) {
        const { context: all } = session.platform(olds, news);
        const known = withoutUnknown(due, isUnknown);
        // Which account takes over only `up` will know.
        const context = isUnknown(due["handOver"]) ? { ...all, ownership: undefined } : all;
        if (isReplaced) await previewReplacement(context, { id, state }, known.email);
        else await previewUpdate(context, { id, state }, known);
      }
      return { changes, updates, replaces };
    },

    async create(inputs) {
      const { context } = session.platform(inputs);
      const { id, state } = await createUser(context, inputsOf(await dueInputs({}, inputs)));
      return { id, state: toJson(state) };
    },

    async read(id, stored): Promise<Stored | undefined> {
      const { context } = session.platform(stored);
      if (Object.keys(stored).length === 0) {
        run.managed.ids.add(id);
        const { state } = await getUser(context, id);
        return { id, state: toJson(state), inputs: toJson(inputsFrom(state)) };
      }
      const { state: decoded, defects, isFoundLost } = decodeUser(stored);
      // If the stored address can't be read, the id says which account it is.
      const email = decoded.email === "" ? await findEmail(context, id) : decoded.email;
      const before = { ...decoded, email };
      const seen = await readUser(context, { id, state: before });
      if (seen === undefined) return undefined;
      if (defects.length > 0) session.log.warn(describeRepair(nameOf(stored, id), defects));
      const known = isFoundLost ? foundAsNow(seen) : seen;
      const { state } = known;
      // An engine shows drift by comparing inputs, and keeps the old ones if none are returned.
      const isDrifted = (known.id !== id && !isProvisional(id)) || findDrift(before, state).length > 0;
      return { id: known.id, state: toJson(state), inputs: isDrifted ? toJson(inputsFrom(state)) : undefined };
    },

    async import(given) {
      const platform = session.platform();
      const id = await findImported(platform, given);
      const { state } = foundAsNow(await getUser(platform.context, id));
      const adopted = { ...state, adopt: true };
      return { id, state: toJson(adopted), inputs: toJson(inputsFrom(adopted)) };
    },

    async update(id, olds, news) {
      const state = stateOf(olds, id, "change");
      const due = inputsOf(await dueInputs(olds, news));
      return toJson(await updateUser(session.platform(olds, news).context, { id, state }, due));
    },

    async delete(id, stored) {
      const state = stateOf(stored, id, "delete");
      try {
        await deleteUser(session.platform(stored).context, { id, state });
      } catch (error) {
        if (!(error instanceof PartialFailure)) throw error;
        // The engine stores nothing of a failed delete: declared again, the user would look unchanged.
        const next =
          "To keep the user instead, run `pulumi refresh` before `up`: the state does not know what was done.";
        throw new PartialFailure(error.id, error.state, `${error.message} ${next}`, { cause: error });
      }
    },
  };
}

/** The id of an account that is given by its id or its address. */
async function findImported(platform: Platform, given: string): Promise<string> {
  const question = given.includes("@") ? { email: given } : { id: given };
  try {
    USER.check?.(question);
    return (await USER.find(platform, question, READ_AGE_MS)).id;
  } catch (error) {
    if (!isWallarooError(error, "notFound")) throw error;
    throw error.with({ operation: "import", next: "Give its address, or its Keycloak user id (a UUID)." });
  }
}

/** Today's address of an account that is known by its id alone. */
async function findEmail(context: Context, id: string): Promise<string> {
  try {
    return (await getUser(context, id)).state.email;
  } catch (error) {
    if (!isWallarooError(error, "notFound")) throw error;
    const next =
      "The stored address can't be read either: put it back, or let go of the user with `pulumi state delete`.";
    throw error.with({ operation: "read", who: `the user with id ${id}`, next });
  }
}

/** What check has answered, which is complete and of the promised types. */
function inputsOf(checked: Partial<UserInputs>): UserInputs {
  return checked as UserInputs;
}
