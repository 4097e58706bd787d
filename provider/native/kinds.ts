import { isRecord, pick } from "../api/json";
import type { Props, Resource } from "../resource/resource";
import type { Session } from "../resource/session";
import { teamResource } from "../resource/team";
import { userResource } from "../resource/user";
import { workspaceMemberResource } from "../resource/workspace-member";
import { UNKNOWN, type Path } from "./values";

/** One type of resource, as this plugin serves it. */
export interface Kind {
  resource: Resource;
  /** What is a secret in its inputs and outputs, whatever the program marks. */
  secrets: readonly Path[];
  /** The inputs of a program, as the core calls them. */
  given: (inputs: Props) => Props;
  /** The inputs of the core, as a program calls them. */
  shown: (inputs: Props) => Props;
  /** The outputs that `up` would lead to, as far as preview knows them; of a create nothing is stored. */
  expected: (inputs: Props, stored?: Props) => Props;
}

/** Programs and the core have the same names for the inputs. */
const AS_IT_IS: Pick<Kind, "given" | "shown"> = { given: (inputs) => inputs, shown: (inputs) => inputs };

/** The types by their token. Each session has its own. */
export function kindsOf(session: Session): Record<string, Kind> {
  return {
    "wallaroo:index:User": {
      resource: userResource(session),
      secrets: [["password"], ["initialPassword"], ["found"]],
      ...AS_IT_IS,
      expected: expectedUser,
    },
    "wallaroo:index:Team": {
      resource: teamResource(session),
      secrets: [["members", "*", "password"], ["initialPasswords"], ["details"]],
      // The output of this name is a list, which the dynamic provider can't tell from the input.
      given: ({ unmanaged, ifUnmanaged, ...others }) => ({ ...others, ifUnmanaged: unmanaged ?? ifUnmanaged }),
      shown: ({ ifUnmanaged, ...others }) => ({ ...others, unmanaged: ifUnmanaged }),
      expected: expectedTeam,
    },
    "wallaroo:index:WorkspaceMember": {
      resource: workspaceMemberResource(session),
      secrets: [],
      ...AS_IT_IS,
      expected: expectedMember,
    },
  };
}

function expectedUser(inputs: Props, stored?: Props): Props {
  const { password: _password, roles: _roles, requireReset: _reset, ...declared } = inputs;
  // An account that was never seen may be invited again.
  const isKnown = stored !== undefined && stored["unseen"] !== true;
  const told = isKnown
    ? pick(stored, ["createdAt", "adopted", "initialPassword"])
    : { createdAt: UNKNOWN, adopted: UNKNOWN, initialPassword: UNKNOWN };
  // Whether the day is over is known to the platform.
  const enabled = inputs["expires"] === undefined ? inputs["enabled"] : UNKNOWN;
  return { ...declared, ...told, enabled, username: inputs["email"] };
}

function expectedMember(inputs: Props, stored?: Props): Props {
  const told = ["workspaceId", "workspaceName", "userId", "email", "adopted"];
  if (stored !== undefined) return { ...inputs, ...pick(stored, told) };
  return { ...inputs, ...Object.fromEntries(told.map((name) => [name, UNKNOWN])) };
}

function expectedTeam({ members, ifUnmanaged }: Props, stored: Props = {}): Props {
  const known = isRecord(stored["ids"]) ? stored["ids"] : {};
  const emails = isRecord(members) ? Object.keys(members) : undefined;
  // By address, so that the id of one member can be used while another one is not known yet.
  const ids = emails?.map((email) => [email, Object.hasOwn(known, email) ? known[email] : UNKNOWN]);
  const isSame = emails?.every((email) => Object.hasOwn(known, email)) === true;
  const told = isSame ? pick(stored, ["adopted", "initialPasswords"]) : { adopted: UNKNOWN, initialPasswords: UNKNOWN };
  const reports = { unmanaged: ifUnmanaged === undefined ? undefined : UNKNOWN, seats: UNKNOWN };
  return { ...told, ...reports, ids: ids === undefined ? UNKNOWN : Object.fromEntries(ids), details: UNKNOWN };
}
