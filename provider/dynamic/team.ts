import { randomUUID } from "node:crypto";
import type * as pulumi from "@pulumi/pulumi";
import { describeChanges, findTeamChanges, isEmpty, type TeamChanges } from "../team/changes";
import { decodeTeam } from "../team/decode";
import { refuseEmptied } from "../team/emptied";
import { expectedState } from "../team/expected";
import { checkTeam } from "../team/inputs";
import { TeamError } from "../team/lifecycle";
import type { Members, TeamState } from "../team/model";
import { unpack } from "../team/state";
import { describeRepair, isRecord, refuseDefects } from "../user/decode";
import { READ_AGE_MS, type Directory } from "../user/directory";
import { canonicalEmail } from "../user/email";
import { INVITE_ONLY, isSameValue } from "../user/inputs";
import { findDuplicates, sentence, type DeclaredInput } from "./declared";
import { engineLog } from "./diagnostics";
import { InitFailedError, asOwnError, toJson, withoutTrace } from "./failures";
import { isUnknown, session } from "./session";
import { MAX_STATE, findSizeProblem } from "./size";
import { DECLARED_KEY, PROVIDER_KEY } from "./stored";

type Props = Record<string, unknown>;

/** `WallarooTeam` as the engine's dynamic-provider process calls it. No method raises anything but an Error. */
export class TeamProvider implements pulumi.dynamic.ResourceProvider {
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
    const { inputs, failures } = checkTeam(declaredInputs, isUnknown);
    const result = {
      inputs: { ...inputs, [PROVIDER_KEY]: provider },
      failures: failures.map((failure) => sentence(failure)),
    };
    if (failures.length > 0) return result;
    const members = isRecord(inputs["members"]) ? inputs["members"] : {};
    // Those who leave are in it until they have left.
    const stored = { ...(isRecord(olds["members"]) ? olds["members"] : {}), ...members };
    const problem = mayBeLarge(stored)
      ? findSizeProblem(expectedState(stored), "Split the team in several.")
      : undefined;
    if (problem !== undefined) return { ...result, failures: [sentence({ property: "", reason: problem })] };
    try {
      result.failures.push(...findDuplicates(Object.keys(members), declared));
      if (result.failures.length === 0 && session.isKnown()) await checkLive(olds, members);
    } catch (error) {
      const reasons =
        error instanceof TeamError ? error.reasons : [asOwnError(error, "check", teamOf(members)).message];
      result.failures.push(...reasons.map((reason) => sentence({ property: "", reason })));
    }
    return result;
  }

  async diff(_id: pulumi.ID, olds: Props, news: Props): Promise<pulumi.dynamic.DiffResult> {
    const declared = news["members"];
    const team = teamOf(declared);
    return withoutTrace("compare", team, async () => {
      if (!isRecord(declared)) return { changes: true, replaces: [] };
      const { state, defects } = decodeTeam(olds, "compare", team);
      if (session.run.hasProgram) refuseEmptied(Object.keys(state.ids), declared, session.run, teamOf(state.ids));
      const changes = findTeamChanges(unpack(state), declared, isUnknown);
      if (session.run.hasProgram && !isEmpty(changes)) refuseDefects("change", team, defects);
      if (isEmpty(changes)) return { changes: false, replaces: [] };
      const known = knownOf(changes, declared);
      if (session.isKnown() && session.run.hasProgram) {
        await session.platform(olds, news).team.check(state, declared, known, team);
      }
      const operation = session.run.hasProgram ? "up" : "refresh";
      for (const line of describeChanges(changes, operation)) engineLog.info(`${team} ${line}`);
      return { changes: true, replaces: [] };
    });
  }

  async create(inputs: Props): Promise<pulumi.dynamic.CreateResult> {
    const id = `team-${randomUUID()}`;
    try {
      return {
        id,
        outs: toJson(
          await session.platform(inputs).team.apply(undefined, membersOf(inputs), teamOf(inputs["members"])),
        ),
      };
    } catch (error) {
      throw asStored(error, "create", id, inputs);
    }
  }

  async read(id: pulumi.ID, props: Props): Promise<pulumi.dynamic.ReadResult> {
    const team = teamOf(props["ids"]);
    return withoutTrace("read", team, async () => {
      const decoded = decodeTeam(props, "read", team);
      const { state, inputs } = await session.platform(props).team.read(decoded.state, team, decoded.foundLost);
      if (decoded.defects.length > 0) engineLog.warn(describeRepair(team, decoded.defects));
      return { id, props: toJson(state), ...(inputs === undefined ? {} : { inputs: toJson({ members: inputs }) }) };
    });
  }

  async update(id: pulumi.ID, olds: Props, news: Props): Promise<pulumi.dynamic.UpdateResult> {
    try {
      const [state, members] = [stateOf(olds, "change"), membersOf(news)];
      refuseEmptied(Object.keys(state.ids), members, session.run, teamOf(state.ids));
      return { outs: toJson(await session.platform(olds, news).team.apply(state, members, teamOf(members))) };
    } catch (error) {
      throw asStored(error, "update", id, news);
    }
  }

  async delete(_id: pulumi.ID, props: Props): Promise<void> {
    const team = teamOf(props["ids"]);
    return withoutTrace("delete", team, () => session.platform(props).team.delete(stateOf(props, "delete"), team));
  }
}

/**
 * False when the state of these members can't be too large, as is seen at a fraction of the cost: an address stands in it
 * up to four times, and everything else of a member once.
 */
function mayBeLarge(members: Record<string, unknown>): boolean {
  return 4 * Buffer.byteLength(JSON.stringify(members)) + 300 * Object.keys(members).length > MAX_STATE;
}

/** In preview and again at apply: settings, and what create would be refused for. */
async function checkLive(olds: Props, members: Record<string, unknown>): Promise<void> {
  const { team, directory } = session.platform(olds, { members });
  const before = isRecord(olds["members"]) ? byCanonicalEmail(olds["members"]) : undefined;
  if (before !== undefined) return warnOfInviteOnly(before, members, directory);
  const changes = { added: Object.keys(members), changed: [], removed: [] };
  await team.check(undefined, members, knownOf(changes, members), teamOf(members));
}

/** An earlier release knew more than one spelling of an address. */
function byCanonicalEmail(members: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(members).map(([key, member]) => [canonicalEmail(key), member]));
}

/** Says which new values change nothing. Who was declared before and is not there has failed so far, and is yet to be invited. */
async function warnOfInviteOnly(
  before: Record<string, unknown>,
  members: Record<string, unknown>,
  directory: Directory,
): Promise<void> {
  for (const name of INVITE_ONLY) {
    const changed = Object.entries(members).flatMap(([email, member]) => {
      const old = Object.hasOwn(before, email) ? before[email] : undefined;
      if (!isRecord(old) || !isRecord(member) || old[name] === undefined || isUnknown(member[name])) return [];
      return isSameValue(old[name], member[name]) ? [] : [email];
    });
    if (changed.length === 0) continue;
    const view = await directory.view(READ_AGE_MS);
    const emails = changed.filter((email) => view.findAllByEmail(email).length > 0);
    if (emails.length === 0) continue;
    const more = emails.length > 20 ? ` and ${emails.length - 20} more` : "";
    engineLog.warn(
      `${name} is used by the invite alone, so its new value changes nothing for the accounts that are there: ` +
        `${emails.slice(0, 20).join(", ")}${more}.`,
    );
  }
}

/** The changes of which everything is known already, so that they can be checked on the platform. */
function knownOf({ added, changed, removed }: TeamChanges, members: Record<string, unknown>): TeamChanges {
  return {
    added: added.filter((email) => !isUnknown(members[email])),
    changed: changed.filter(({ email }) => !isUnknown(members[email])),
    removed,
  };
}

/** What the engine stores when some of the people failed: exactly what happened, if anything did. */
function asStored(error: unknown, operation: string, id: string, inputs: Props): Error {
  if (!(error instanceof TeamError) || error.state === undefined)
    return asOwnError(error, operation, teamOf(inputs["members"]));
  if (operation === "create" && Object.keys(error.state.ids).length === 0) {
    return asOwnError(error, operation, teamOf(inputs["members"]));
  }
  return new InitFailedError(id, error.state, inputs[PROVIDER_KEY], error.message.split("\n"));
}

/** For messages: by its name, which only check is told; elsewhere it is known by whoever it declares. */
function teamOf(people: unknown): string {
  const [email, ...others] = isRecord(people) ? Object.keys(people) : [];
  if (email === undefined) return "a team";
  const declaration = session.run.findDeclaration(email);
  if (declaration !== undefined) return `team "${declaration.name}"`;
  return `the team of ${email}${others.length === 0 ? "" : ` and ${others.length} more`}`;
}

function membersOf(inputs: Props): Members {
  return inputs["members"] as Members;
}

/** The stored state, for what may cut off: raises `refused` when not all of it can be read. */
function stateOf(props: Props, operation: string): TeamState {
  const team = teamOf(props["ids"]);
  const { state, defects } = decodeTeam(props, operation, team);
  refuseDefects(operation, team, defects);
  return state;
}
