import { isWallarooError, refusal } from "../api/errors";
import { toJson } from "../api/json";
import { describeRepair, refuseDefects } from "../user/decode";
import type { InputFailure } from "../user/check";
import { checkMember } from "../workspace/check";
import type { WorkspaceContext } from "../workspace/context";
import { createMember } from "../workspace/create";
import { decodeMember } from "../workspace/decode";
import { deleteMember } from "../workspace/delete";
import { findMemberChanges } from "../workspace/diff";
import { memberId, parseMemberId, type MemberInputs, type MemberState } from "../workspace/model";
import { findPlace, keyOf, previewCreate, previewLeaving, previewUpdate } from "../workspace/preview";
import { findMember, readMember } from "../workspace/read";
import { inputsFrom } from "../workspace/state";
import { updateMember } from "../workspace/update";
import { addFound, findDuplicateMembership, sentence } from "./declared";
import type { Checked, Declared, Difference, Props, Resource, Stored } from "./resource";
import type { Session } from "./session";

/** One account's membership of a workspace, for any adapter. */
export function workspaceMemberResource(session: Session): Resource {
  const { run, isUnknown } = session;

  function nameOf({ workspace, user }: Props, id?: string): string {
    if (isUnknown(user) || isUnknown(workspace) || typeof user !== "string") return id ?? "a member of a workspace";
    return `${user} in workspace "${String(workspace)}"`;
  }

  /** What is known of the inputs; undefined while it is not known how a member would be treated. */
  function knownOf(inputs: Props): Partial<MemberInputs> {
    return Object.fromEntries(Object.entries(inputs).filter(([, value]) => !isUnknown(value)));
  }

  /** Raises what create would be refused for. Answers a failure if another resource declares the same. */
  async function checkLive(olds: Props, inputs: Props, declared: Declared | undefined): Promise<InputFailure[]> {
    const { context } = session.platform();
    const who = nameOf(inputs);
    const { workspace, user, role } = knownOf(inputs);
    if (workspace !== undefined && user !== undefined) {
      const key = keyOf({ workspace, user });
      const duplicates = findDuplicateMembership(context, key, declared, who);
      if (duplicates.length > 0) return duplicates;
      if (isSamePlace(olds, inputs)) context.memberships.rememberOwn(key, inputs["adopt"] === true);
    }
    // One that is replaced is checked once more, as a new one.
    if (olds["user"] !== undefined) return [];
    const isPlanned = role !== undefined && !isUnknown(inputs["adopt"]);
    const place = isPlanned
      ? await previewCreate(context, { ...knownOf(inputs), role })
      : await findPlace(context, knownOf(inputs), true);
    if (place === undefined) return [];
    return findDuplicateMembership(context, memberId(place.workspace.id, place.account.id), declared, who);
  }

  /** The stored state, for what may take away. Raises `refused` when it has defects. */
  function stateOf(id: string, stored: Props, operation: string): MemberState {
    const { state, defects } = decodeMember(id, stored);
    refuseDefects(operation, nameOf(stored, id), defects);
    return state;
  }

  /** What `up` will do to a membership that is declared another way. Answers whether it is another one. */
  async function previewReplacement(
    context: WorkspaceContext,
    id: string,
    state: MemberState,
    news: Props,
  ): Promise<boolean> {
    const { workspace, user, role = state.role } = knownOf(news);
    const place = await findPlace(context, { workspace, user }, true);
    if (place !== undefined && memberId(place.workspace.id, place.account.id) === id) return false;
    const workspaceId = place?.workspace.id ?? (workspace === state.workspace ? state.workspaceId : undefined);
    await previewLeaving(context, { id, state }, { workspaceId, role });
    return true;
  }

  return {
    nameOf,

    async check(olds, news, declared): Promise<Checked> {
      run.hasProgram = true;
      const { inputs, failures } = checkMember(news, isUnknown);
      // Once declared with adopt, always: the state must not forget that the membership is not ours.
      const wasAdopted = olds["adopt"] !== undefined && olds["adopt"] !== false;
      if (wasAdopted && isSamePlace(olds, inputs)) inputs["adopt"] = true;
      const result: Checked = { inputs, failures: failures.map((failure) => sentence(failure, declared?.secrets)) };
      if (failures.length > 0 || !session.isKnown()) return result;
      return addFound(result, nameOf(inputs), session, () => checkLive(olds, inputs, declared));
    },

    async diff(id, olds, news): Promise<Difference> {
      const { state, defects } = decodeMember(id, olds);
      const isLive = run.hasProgram && session.isKnown();
      let { updates, replaces } = findMemberChanges(state, news, isUnknown);
      if (isLive) {
        const { context } = session.platform();
        if (replaces.length > 0 && !(await previewReplacement(context, id, state, news))) {
          // Another spelling of the same.
          [updates, replaces] = [[...replaces, ...updates], []];
        }
        if (replaces.length === 0) {
          const declaration = context.memberships.findDeclaration(keyOf(inputsOf(news)));
          const [duplicate] = findDuplicateMembership(context, id, declaration, nameOf(news, id));
          if (duplicate !== undefined) throw refusal("compare", nameOf(news, id), duplicate.reason, "");
        }
        if (replaces.length === 0 && updates.includes("role") && !isUnknown(news["role"])) {
          await previewUpdate(context, { id, state }, inputsOf(news).role);
        }
      }
      const changes = replaces.length + updates.length > 0 || state.unfinished === true;
      if (changes && run.hasProgram) refuseDefects("change", nameOf(olds, id), defects);
      return { changes, updates, replaces };
    },

    async create(inputs) {
      return toStored(await createMember(session.platform().context, inputsOf(inputs)));
    },

    async read(id, stored): Promise<Stored | undefined> {
      const { context } = session.platform();
      const ids = parseMemberId(id);
      if (ids === undefined) {
        throw refusal("read", id, "it is not the id of a membership", "It has to be WORKSPACE_ID/USER_ID.");
      }
      if (Object.keys(stored).length === 0) {
        const found = await findMember(context, ids.workspaceId, ids.userId);
        return { ...toStored(found), inputs: toJson(inputsFrom(found.state)) };
      }
      const { state, defects } = decodeMember(id, stored);
      const seen = await readMember(context, { id, state });
      if (seen === undefined) return undefined;
      if (defects.length > 0) session.log.warn(describeRepair(nameOf(stored, id), defects));
      const isDrifted = (["workspace", "user", "role"] as const).some((name) => seen.state[name] !== state[name]);
      return { ...toStored(seen), inputs: isDrifted ? toJson(inputsFrom(seen.state)) : undefined };
    },

    async import(given) {
      const { context } = session.platform();
      // A name may hold a slash, an address does not.
      const at = given.lastIndexOf("/");
      if (at < 1 || at === given.length - 1) {
        throw refusal(
          "import",
          given,
          "it does not name a workspace and an account",
          "Write the name or id of the workspace, a slash, and the address or id of the account: `churn/ann@example.com`.",
        );
      }
      try {
        const found = await findMember(context, given.slice(0, at), given.slice(at + 1));
        return { ...toStored(found), inputs: toJson(inputsFrom(found.state)) };
      } catch (error) {
        if (!isWallarooError(error, "notFound", "refused")) throw error;
        throw error.with({ operation: "import", who: given });
      }
    },

    async update(id, olds, news) {
      const state = stateOf(id, olds, "change");
      const { context } = session.platform();
      return toJson(await updateMember(context, { id, state }, inputsOf(news)));
    },

    async delete(id, stored) {
      const state = stateOf(id, stored, "delete");
      await deleteMember(session.platform().context, { id, state });
    },
  };
}

function isSamePlace(olds: Props, news: Props): boolean {
  return olds["workspace"] === news["workspace"] && olds["user"] === news["user"];
}

/** What check has answered, which is complete and of the promised types. */
function inputsOf(checked: object): MemberInputs {
  return checked as MemberInputs;
}

function toStored({ id, state }: { id: string; state: MemberState }): Stored {
  return { id, state: toJson(state) };
}
