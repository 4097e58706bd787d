import { unreadable, type Call, type Client } from "./client";
import { isWallarooError } from "./errors";
import { isRecord } from "./json";
import type { Secrets } from "./redact";
import type {
  ApiUser,
  EditUserRequest,
  InviteUserRequest,
  InviteUserResponse,
  QueryUsersRequest,
  UserEmailRequest,
} from "./wire";

/** The user endpoints, one method each. All raise `WallarooError`; see `Client.call`. */
export interface UsersApi {
  /** `POST /v1/api/users/query` with `{}`. Never empty, as there is always an `admin`: raises `unreadable`. */
  queryAll(): Promise<ApiUser[]>;
  /** `POST /v1/api/users/query` with `user_ids`. Accounts that are not there are left out. */
  queryByIds(ids: readonly string[]): Promise<ApiUser[]>;
  /**
   * `POST /v1/api/users/invite`. Sent once per call: only an answer that says that nothing was done (401 once, 429, or
   * that `roles` is missing) is followed by another attempt. `onSend`: see `Call.onSend`.
   */
  invite(request: InviteUserRequest, onSend?: Call["onSend"]): Promise<InviteUserResponse>;
  /** `POST /v1/api/users/activate`, repeated after an outage. False for another answer than the promised `{}`. */
  activate(email: string): Promise<boolean>;
  /** `POST /v1/api/users/deactivate`; as {@link activate}. */
  deactivate(email: string): Promise<boolean>;
  /** `POST /v1/api/user` of newer releases. False when the answer is neither empty nor this user. */
  edit(request: EditUserRequest): Promise<boolean>;
}

/** The platform says 403 both for missing rights and for a full licence. */
const SEAT_TAKING = {
  takesSeat: true,
  next: {
    forbidden:
      "Either the licence has no free seat (deactivate an account, or raise its user limit), or the provider's account lacks the realm role admin.",
  },
};

export function createUsersApi(client: Client): UsersApi {
  // The models of newer releases require `roles`; older releases do not know it, and the guides show invites without.
  let needsRoles = false;

  async function query(request: QueryUsersRequest, who: string): Promise<ApiUser[]> {
    const about = { operation: "query", who, writes: false };
    const answer = await client.call({ ...about, path: "/v1/api/users/query", body: request, idempotent: true });
    const users = isRecord(answer) ? answer["users"] : undefined;
    if (!isRecord(users)) throw unreadable(about, "`users` is missing", quoted(answer), client.secrets);
    const found: ApiUser[] = [];
    for (const [id, user] of Object.entries(users)) {
      if (user === null) continue;
      const problem = problemOf(id, user, client.secrets);
      if (problem !== undefined) throw unreadable(about, problem, quoted(user), client.secrets);
      found.push(tidied(user as ApiUser & Record<string, unknown>));
    }
    return found;
  }

  async function setEnabled(verb: "activate" | "deactivate", email: string): Promise<boolean> {
    const body: UserEmailRequest = { email };
    const answer = await client.call({
      operation: verb,
      who: email,
      path: `/v1/api/users/${verb}`,
      body,
      idempotent: true,
      writes: true,
      ...(verb === "activate" && SEAT_TAKING),
    });
    return isRecord(answer) && Object.keys(answer).length === 0;
  }

  return {
    async queryAll() {
      const about = { operation: "query", who: "all accounts" };
      const users = await query({}, about.who);
      if (users.length === 0) {
        const problem = "it lists no account, not even the built-in admin";
        throw unreadable(about, problem, quoted({ users: {} }), client.secrets);
      }
      return users;
    },

    async queryByIds(ids) {
      const wanted = new Set(ids);
      const users = await query({ user_ids: [...wanted] }, `${wanted.size} accounts by id`);
      // A platform that does not know `user_ids` answers all accounts.
      return users.filter((user) => wanted.has(user.id));
    },

    async invite(request, onSend) {
      const about = { operation: "invite", who: request.email, writes: true, answersSecret: true, onSend };
      if (request.password !== undefined) client.secrets.hide(request.password);
      const isTold = needsRoles;
      const send = (withRoles: boolean) => {
        const body: InviteUserRequest = withRoles ? { roles: [], ...request } : request;
        return client.call({ ...about, path: "/v1/api/users/invite", body, idempotent: false, ...SEAT_TAKING });
      };
      let answer: unknown;
      try {
        answer = await send(isTold);
      } catch (error) {
        const isMissing = isWallarooError(error, "rejected") && /\broles\b/.test(error.words);
        if (!isMissing || isTold || request.roles !== undefined) throw error;
        answer = await send(true);
        needsRoles = true;
      }
      if (!isRecord(answer) || typeof answer["id"] !== "string" || typeof answer["password"] !== "string") {
        throw unreadable(about, "`id` and `password` are not both there", quoted(answer), client.secrets);
      }
      client.secrets.hide(answer["password"]);
      // The engine takes no half of a character, and would store nothing of the user.
      if (HALF.test(answer["id"]) || HALF.test(answer["password"])) {
        throw unreadable(about, "half a character is in it", quoted(answer), client.secrets);
      }
      return { id: answer["id"], password: answer["password"] };
    },

    activate: (email) => setEnabled("activate", email),
    deactivate: (email) => setEnabled("deactivate", email),

    async edit(request) {
      const answer = await client.call({
        operation: "edit",
        who: request.email,
        path: "/v1/api/user",
        body: request,
        idempotent: true,
        writes: true,
        next: {
          notFound:
            "This release of the platform can't change names or the admin role: leave firstName, lastName and admin out.",
        },
      });
      if (answer === undefined || answer === null) return true;
      return isRecord(answer) && (Object.keys(answer).length === 0 || answer["id"] === request.id);
    },
  };
}

/** An answer for a message, which quotes its beginning. */
export function quoted(answer: unknown): { status: number; body: string } {
  try {
    return { status: 200, body: JSON.stringify(answer) ?? "nothing" };
  } catch {
    return { status: 200, body: "nested too deeply to be shown" };
  }
}

/** Checks what decisions rest on; every other field may be anything, now or in a later release. */
function problemOf(key: string, user: unknown, secrets: Secrets): string | undefined {
  if (!isRecord(user)) return `the user under "${secrets.excerpt(key)}" is not an object`;
  if (typeof user["id"] !== "string" || user["id"] !== key) return "a user's `id` is not the key that it stands under";
  // It becomes the engine's id of a resource, which the engine prints as it is.
  if (!isPrintableId(key)) return "a user's `id` can't be an id";
  if (typeof user["username"] !== "string") return "a user's `username` is not a string";
  if (typeof user["enabled"] !== "boolean") return "a user's `enabled` is not a boolean";
  const email = user["email"];
  if (email !== undefined && email !== null && typeof email !== "string") return "a user's `email` is not a string";
  return undefined;
}

/** True for a text that can be, or be a part of, the engine's id of a resource. */
export function isPrintableId(id: string): boolean {
  return id !== "" && id.length <= 255 && id.trim() === id && !UNPRINTABLE.test(id);
}

/** Characters that write over a console, or make one address look like another there, and halves of characters. */
export const UNPRINTABLE = /[\p{Cc}\p{Cs}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u;
const HALF = /\p{Cs}/u;
/** No more than that: Arabic and Hebrew names hold marks of direction, and an edit of one name sends the other. */
const CONTROL = /[\p{Cc}\p{Cs}]/u;

const TIDIED = [
  ["username", UNPRINTABLE],
  ["email", UNPRINTABLE],
  ["firstName", CONTROL],
  ["lastName", CONTROL],
] as const;

/**
 * The same user, changed in place: null and a blank address count as absent, as releases differ, and what can't be
 * printed in addresses and names is replaced. Keycloak refuses such characters; a federated store may hold them, which
 * must not keep all others from being read.
 */
function tidied(user: ApiUser & Record<string, unknown>): ApiUser {
  if (user["createdTimestamp"] === null) delete user.createdTimestamp;
  // Some stores keep an address that was taken away as an empty one.
  if (user.email?.trim() === "") delete user.email;
  if (!Array.isArray(user.realmRoles)) delete user.realmRoles;
  for (const [name, bad] of TIDIED) {
    const value = user[name];
    if (value === null) delete user[name];
    else if (typeof value === "string" && bad.test(value)) user[name] = value.replace(new RegExp(bad, "gu"), "\ufffd");
  }
  return user;
}
