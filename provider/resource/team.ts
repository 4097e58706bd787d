import { randomUUID } from "node:crypto";
import { isWallarooError, listed, raise, refusal } from "../api/errors";
import { isRecord, toJson } from "../api/json";
import { applyTeam } from "../team/apply";
import { checkTeam } from "../team/check";
import { decodeTeam, encodeTeam } from "../team/decode";
import { storedDefaults, withDefaults } from "../team/defaults";
import { deleteTeam } from "../team/delete";
import { dueMembers, warnOfEnds } from "../team/expiry";
import { describeChanges, findEmptiedRefusal, findTeamChanges, isEmpty, pathsOf, type TeamChanges } from "../team/diff";
import { refuseDeclaredTwice } from "../team/membership-steps";
import type { Members, TeamState } from "../team/model";
import { findOptionChanges, optionsOf, storedOptions, type TeamOptions } from "../team/options";
import { previewTeam } from "../team/preview";
import { readTeam } from "../team/read";
import { expectedState, unpack } from "../team/state";
import { findCutOff, findUnmanagedProblem, lacksList, listsDeclared } from "../team/unmanaged";
import { unnamed, type InputFailure } from "../user/check";
import { describeRepair, refuseDefects } from "../user/decode";
import { isSameValue } from "../user/diff";
import { READ_AGE_MS, type Directory } from "../user/directory";
import { previewSeats, type Declaring } from "../user/seats";
import { canonicalEmail } from "../user/email";
import { namesOf } from "../user/properties";
import { keyOf } from "../workspace/preview";
import { findDuplicateMembership, findDuplicates, refusalsOf, refuseCutOff, sentence } from "./declared";
import { ownFailure } from "./failures";
import type { Checked, Declared, Difference, Props, Resource, Stored } from "./resource";
import type { Session } from "./session";
import { MAX_STATE, findSizeProblem } from "./size";

/** Many users in one resource, for any adapter. */
export function teamResource(session: Session): Resource {
  const { run, isUnknown } = session;

  /** By its name, which only check is told, or by its members. */
  function teamOf(members: unknown): string {
    const [email, ...others] = isRecord(members) ? Object.keys(members) : [];
    if (email === undefined) return "a team";
    const declaration = run.findDeclaration(email);
    if (declaration !== undefined) return `team "${declaration.name}"`;
    return `the team of ${email}${others.length === 0 ? "" : ` and ${others.length} more`}`;
  }

  /** The stored state, for what may cut off. Raises `refused` when it has defects. */
  function stateOf(stored: Props, operation: string): TeamState {
    const team = teamOf(stored["ids"]);
    const { state, defects } = decodeTeam(stored, operation, team);
    refuseDefects(operation, team, defects);
    return state;
  }

  function refuseEmptied({ ids }: TeamState, members: Props, { maxDepartures }: TeamOptions): void {
    raise(findEmptiedRefusal(Object.keys(ids), members, run, teamOf(ids), maxDepartures));
  }

  /** Notes which memberships of workspaces the team declares. Answers a failure for each that another resource declares. */
  function findDuplicateMemberships(members: Props, declared: Declared | undefined): InputFailure[] {
    const named = Object.entries(members).flatMap(([email, member]) => {
      const roles = isRecord(member) && isRecord(member["workspaces"]) ? member["workspaces"] : {};
      return Object.keys(roles).map((workspace) => ({ workspace, user: email }));
    });
    if (named.length === 0 || declared === undefined) return [];
    const { context } = session.platform();
    return named.flatMap((one) =>
      findDuplicateMembership(context, keyOf(one), declared, `${one.user} in workspace "${one.workspace}"`),
    );
  }

  /** In preview and again at apply: settings, and what create would be refused for. */
  async function checkLive(olds: Props, members: Props): Promise<void> {
    const { context } = session.platform(olds, { members });
    const team = teamOf(members);
    await warnOfEnds(context, members, team);
    const before = completeMembers(olds);
    if (before !== undefined) return warnOfInviteOnly(byCanonicalEmail(before), members, context.directory);
    const due = await dueMembers(context, members, undefined, team);
    const changes = { added: Object.keys(due), changed: [], removed: [] };
    await previewTeam(context, undefined, due, knownOf(changes, due), team);
  }

  /** Nothing is said of the seat of a member of which not all is known. */
  async function checkSeats(olds: Props, members: Props, declared: Declared | undefined): Promise<void> {
    const before = byCanonicalEmail(completeMembers(olds) ?? {});
    const accounts = Object.entries(members).flatMap(([email, now]): Declaring[] => {
      if (!isRecord(now) || isUnknown(now)) return [];
      const own = Object.hasOwn(before, email) ? before[email] : undefined;
      return [{ email, before: isRecord(own) ? own : undefined, now }];
    });
    const team = teamOf(members);
    const { context } = session.platform(olds, { members });
    await previewSeats(context, team, accounts, declared ?? { key: team });
  }

  /** Says which new values change nothing. A member that was declared before and is not there will be invited. */
  async function warnOfInviteOnly(before: Props, members: Props, directory: Directory): Promise<void> {
    for (const name of namesOf("inviteOnly")) {
      const changed = Object.entries(members).flatMap(([email, member]) => {
        const old = Object.hasOwn(before, email) ? before[email] : undefined;
        if (!isRecord(old) || !isRecord(member) || old[name] === undefined || isUnknown(member[name])) return [];
        return isSameValue(old[name], member[name]) ? [] : [email];
      });
      if (changed.length === 0) continue;
      const view = await directory.view(READ_AGE_MS);
      const emails = changed.filter((email) => view.findAllByEmail(email).length > 0);
      if (emails.length === 0) continue;
      session.log.warn(
        `${name} is used by the invite alone, so its new value changes nothing for the accounts that are there: ` +
          `${listed(emails)}.`,
      );
    }
  }

  /** The changes that are known already, so that they can be checked on the platform. */
  function knownOf({ added, changed, removed }: TeamChanges, members: Props): TeamChanges {
    return {
      added: added.filter((email) => !isUnknown(members[email])),
      changed: changed.filter(({ email }) => !isUnknown(members[email])),
      removed,
    };
  }

  /** The changes that {@link previewTeam} does not announce: values, and all of which only `up` will know everything. */
  function unannounced({ added, changed }: TeamChanges, members: Props): TeamChanges {
    const values = changed.flatMap(({ email, names }) => {
      const others = isUnknown(members[email]) ? names : names.filter((name) => name !== "enabled");
      return names.length > 0 && others.length === 0 ? [] : [{ email, names: others }];
    });
    return { added: added.filter((email) => isUnknown(members[email])), changed: values, removed: [] };
  }

  return {
    nameOf: (props) => teamOf(props["members"] ?? props["ids"]),

    async check(olds, news, declared): Promise<Checked> {
      run.hasProgram = true;
      const { inputs, failures } = checkTeam(news, isUnknown);
      const result: Checked = { inputs, failures: failures.map((failure) => sentence(failure)) };
      if (failures.length > 0) return result;
      const members = completeMembers(inputs) ?? {};
      // Leaving members are in it until they have left.
      const stored = { ...completeMembers(olds), ...members };
      const problem = mayBeLarge(stored)
        ? findSizeProblem(expectedState(stored, storedDefaults(inputs)), "Split the team in several.")
        : undefined;
      if (problem !== undefined) return { inputs, failures: [sentence(unnamed(problem))] };
      try {
        result.failures.push(...findDuplicates(Object.keys(members), declared, session));
        const problem = findUnmanagedProblem(run, inputs["ifUnmanaged"], declared);
        if (problem !== undefined) result.failures.push(sentence(unnamed(problem)));
        if (session.isKnown()) result.failures.push(...findDuplicateMemberships(members, declared));
        if (result.failures.length === 0 && session.isKnown()) {
          await checkLive(olds, members);
          await checkSeats(olds, members, declared);
        }
      } catch (raised) {
        const error = session.worded(raised);
        const reasons = isWallarooError(error, "membersFailed")
          ? error.reasons
          : [ownFailure(error, "check", teamOf(members)).message];
        result.failures.push(...reasons.map((reason) => sentence(unnamed(reason))));
        const refusals = refusalsOf(raised, session.worded);
        if (refusals.length === reasons.length) result.refusals = refusals;
      }
      return result;
    },

    async diff(_id, olds, news): Promise<Difference> {
      const declared = completeMembers(news);
      const team = teamOf(news["members"]);
      if (declared === undefined) return { changes: true, updates: ["members"], replaces: [] };
      const { state, defects } = decodeTeam(olds, "compare", team);
      const options = optionsOf(news, isUnknown);
      for (const memberId of Object.values(state.ids)) run.managed.ids.add(memberId);
      if (run.hasProgram) refuseEmptied(state, declared, options);
      const due = session.isKnown()
        ? await dueMembers(session.platform(olds, news).context, declared, state, team)
        : declared;
      const changes = findTeamChanges(unpack(state), due, isUnknown);
      const staying = Object.entries(state.ids).filter(([email]) => Object.hasOwn(due, email));
      refuseCutOff(
        staying.map(([, memberId]) => memberId),
        team,
        session,
      );
      const isLive = run.hasProgram && session.isKnown();
      if (isLive) refuseDeclaredTwice(session.platform(olds, news).context, unpack(state), due);
      const others = findOptionChanges(state, news);
      const cutOff = isLive ? await findCutOff(session.platform(olds, news).context, state, due, options, team) : [];
      if (isLive && (lacksList(state, options) || listsDeclared(run, state))) others.push("unmanaged");
      if (isEmpty(changes) && others.length + cutOff.length === 0) return { changes: false, updates: [], replaces: [] };
      if (run.hasProgram) refuseDefects("change", team, defects);
      let rest = changes;
      if (isLive) {
        const { context } = session.platform(olds, news);
        await previewTeam(context, state, due, knownOf(changes, due), team, options);
        rest = unannounced(changes, due);
      }
      const operation = run.hasProgram ? "up" : "refresh";
      for (const line of describeChanges(rest, operation)) session.log.info(`${team} ${line}`);
      const { added, changed, removed } = pathsOf(changes);
      return { changes: true, updates: [...added, ...removed, ...changed, ...others], replaces: [] };
    },

    async create(inputs) {
      const id = `team-${randomUUID()}`;
      const { context } = session.platform(inputs);
      const team = teamOf(inputs["members"]);
      const due = await dueMembers(context, membersOf(inputs), undefined, team);
      return { id, state: toJson(await applyTeam(context, id, undefined, due, team, optionsOf(inputs, isUnknown))) };
    },

    async read(id, stored): Promise<Stored> {
      const team = teamOf(stored["ids"]);
      const decoded = decodeTeam(stored, "read", team);
      const { context } = session.platform(stored);
      const { state, inputs } = await readTeam(context, decoded.state, team, decoded.foundLost);
      if (decoded.defects.length > 0) session.log.warn(describeRepair(team, decoded.defects));
      const after = toJson(encodeTeam(state, stored));
      if (inputs === undefined) return { id, state: after };
      return {
        id,
        state: after,
        inputs: toJson({ members: inputs, ...storedDefaults(state), ...storedOptions(state) }),
      };
    },

    import: (given) =>
      Promise.reject(
        refusal(
          "import",
          given,
          "a team has no id on the platform by which it could be found",
          "Declare its members, with `adopt: true` for those that are there already.",
        ),
      ),

    async update(id, olds, news) {
      const [state, members] = [stateOf(olds, "change"), membersOf(news)];
      const options = optionsOf(news, isUnknown);
      refuseEmptied(state, members, options);
      const { context } = session.platform(olds, news);
      const team = teamOf(members);
      const due = await dueMembers(context, members, state, team);
      return toJson(await applyTeam(context, id, state, due, team, options));
    },

    async delete(_id, stored) {
      const team = teamOf(stored["ids"]);
      await deleteTeam(session.platform(stored).context, stateOf(stored, "delete"), team);
    },
  };
}

/** Cheaper than the real size: the state has an address up to four times, everything else of a member once. */
function mayBeLarge(members: Props): boolean {
  return 4 * Buffer.byteLength(JSON.stringify(members)) + 300 * Object.keys(members).length > MAX_STATE;
}

/** An earlier release knew more than one spelling of an address. */
function byCanonicalEmail(members: Props): Props {
  return Object.fromEntries(Object.entries(members).map(([key, member]) => [canonicalEmail(key), member]));
}

/** The members of checked inputs, each with the defaults of the team; undefined when they are not known yet, or not there. */
function completeMembers(inputs: Props): Props | undefined {
  return isRecord(inputs["members"]) ? withDefaults(inputs["members"], inputs) : undefined;
}

/** What check has answered, which is complete and of the promised types. */
function membersOf(checked: Props): Members {
  return completeMembers(checked) as Members;
}
