/** Calls of Keycloak's admin API: those of a list, of one account, of its sessions, and those that end sessions. */
export type AdminCallName = "accounts" | "account" | "sessions" | "endSessions";

/** Calls under `/v1/api/`, by their path. */
type WorkspaceCallName = `workspaces/${"create" | "list" | "add_user" | "list_users" | "remove_user" | "validate"}`;

/** Calls of the platform's own API. */
export type ApiCallName = "query" | "invite" | "activate" | "deactivate" | "edit" | "graphql" | WorkspaceCallName;

/** The calls that the platform knows, by the name that tests use. */
export type CallName =
  ApiCallName | "token" | "userinfo" | "realm" | "device" | "devicePage" | "config" | AdminCallName | "other";

/** What goes wrong. Several may be combined: `delayMs` with a status, `truncate` with the real answer. */
export interface Fault {
  status?: number;
  /** Sent instead of the real answer; an object as JSON. */
  body?: unknown;
  headers?: Record<string, string>;
  /** The connection is reset without an answer. */
  reset?: boolean;
  /** No answer ever. */
  hang?: boolean;
  /** Half of the body, and then the connection is closed. */
  truncate?: boolean;
  delayMs?: number;
  /** Nothing is answered before this has come. */
  until?: Promise<unknown>;
}

export interface MisbehaviourOptions {
  on: CallName | "*";
  /** Only requests whose body names this address or id, or whose path names this id; those of any account by default. */
  who?: string;
  /** Which matching request is the first one to be hit, counted from 1. Default 1. */
  nth?: number;
  /** How many requests are hit from there on. Default 1. */
  times?: number;
  /** Before or after the server acted on the request. */
  when: "before" | "after";
  what: Fault;
}

/** One fault that was ordered; `hits` counts the requests that it met. */
export class Misbehaviour {
  hits = 0;
  #seen = 0;
  #removed = false;

  constructor(readonly options: MisbehaviourOptions) {}

  /** Counts the request when it matches; true when it is to be hit. */
  meets(call: CallName, body: unknown, path: string): boolean {
    const { on, who, nth = 1, times = 1 } = this.options;
    if (this.#removed || (on !== "*" && on !== call)) return false;
    const { email, user_id } = (body ?? {}) as { email?: unknown; user_id?: unknown };
    if (who !== undefined && ![email, user_id, ...path.split("/")].includes(who)) return false;
    this.#seen += 1;
    if (this.#seen < nth || this.#seen >= nth + times) return false;
    this.hits += 1;
    return true;
  }

  remove(): void {
    this.#removed = true;
  }
}
