import { unreadable, type Client } from "./client";
import { WallarooError, isWallarooError } from "./errors";
import { isRecord } from "./json";
import type { Method } from "./transport";
import { quoted } from "./users";

/** Why the sessions of an account were not ended, by Keycloak's own word: no other attempt would change it. */
export interface NotEnded {
  error: WallarooError;
  /** The answer speaks of this account alone: Keycloak has none of this id. */
  isGone: boolean;
}

/** Ends sessions by Keycloak's admin API. */
export interface SessionsApi {
  /**
   * Ends the online and offline sessions of a deactivated account, so that none begins meanwhile. Answers why they were not
   * ended (all of them, or the offline ones) if the admin API is not there (404, 405, 501, a redirect, an answer of something
   * else) or does not allow it (403). Raises `WallarooError` for every other failure; see `Client.call`.
   *
   * Sends a logout and a look for offline sessions, one request per client that has some, and if that leaves one of four,
   * a look for online ones. Each may be sent again. Source: measured on Keycloak 26.4. A logout ends online sessions and
   * makes tokens of earlier seconds stale; an offline token of the same second is good until its client's consent is
   * withdrawn.
   */
  end(account: { id: string; email: string }): Promise<NotEnded | undefined>;
}

const OPERATION = "end the sessions of";
/** Requests per account; more only if three clients or more have offline sessions. */
const MOST_REQUESTS = 4;

/** @param adminUrl base URL of the admin API for the realm, without a trailing slash */
export function createSessionsApi(client: Client, adminUrl: string): SessionsApi {
  async function end({ id, email: who }: { id: string; email: string }): Promise<void> {
    // What is looked for on the way is of use to nothing but the writes.
    const about = {
      operation: OPERATION,
      who,
      adminUrl,
      idempotent: true,
      writes: true,
      next: { unauthenticated: OFFER },
    };
    const odd = (problem: string, answer: unknown) => unreadable(about, problem, quoted(answer), client.secrets);
    /** Ids and names are parts of a path: as `..` they would make another request of it, such as the one that deletes the account. */
    const send = (method: Method, ...parts: string[]) => {
      const bad = [id, ...parts].find((part) => /^\.{0,2}$/.test(part));
      if (bad !== undefined) throw odd("a name in it can't be a part of a path", bad);
      return client.call({ ...about, method, path: `/${["users", id, ...parts].map(encodeURIComponent).join("/")}` });
    };
    const list = async (what: string) => {
      const answer = await send("GET", what);
      if (Array.isArray(answer) && answer.every(isRecord)) return answer;
      throw odd("it is not a list", answer);
    };
    const answer = await send("POST", "logout");
    if (answer !== undefined) throw odd("it is not empty", answer);
    const clients = (await list("consents")).flatMap(clientOfOffline);
    for (const name of clients) await send("DELETE", "consents", name).catch(passWithdrawn);
    if (clients.length + 2 >= MOST_REQUESTS) return;
    const { length: left } = await list("sessions");
    if (left > 0) throw unconfirmed(who, left);
  }

  return {
    async end(account) {
      try {
        await end(account);
        return undefined;
      } catch (error) {
        if (!isRefused(error)) throw error;
        const isGone = error.kind === "notFound" && GONE.test(error.words);
        if (isGone) return { error, isGone };
        const isForbidden = error.kind === "forbidden";
        const known = isForbidden ? { next: RIGHT } : { kind: "notFound" as const, next: OFFER };
        return { error: error.with(known), isGone };
      }
    },
  };
}

/** Name of the client that has offline sessions, by one entry of the account's consents. */
function clientOfOffline({ clientId, additionalGrants }: Record<string, unknown>): string[] {
  // A consent that the account gave itself has none.
  const isOffline = Array.isArray(additionalGrants) && additionalGrants.length > 0;
  return isOffline && typeof clientId === "string" ? [clientId] : [];
}

/** What was ended by an attempt whose answer was lost, or has ended by itself, is not there any more. */
function passWithdrawn(error: unknown): void {
  if (!isWallarooError(error, "notFound") || !WITHDRAWN.test(error.words)) throw error;
}

function isRefused(error: unknown): error is WallarooError {
  if (!isWallarooError(error, "forbidden", "notFound", "unreadable", "rejected") || error.beforeSending) return false;
  const { kind, status = 0 } = error;
  return kind !== "rejected" || status === 405 || (status >= 300 && status < 400);
}

/** Keycloak's words for an id or a consent that it does not know; those for a path that it does not know are others. */
const GONE = /^user not found$/i;
const WITHDRAWN = /^(consent nor offline token|client) not found$/i;

const OFFER =
  "Keycloak's admin API has to answer below wallaroo:authUrl (WALLAROO_AUTH_URL), for wallaroo:realm (WALLAROO_REALM).";
const RIGHT =
  "Give the account that the provider runs as the right to manage users in Keycloak, which the realm role admin has.";

function unconfirmed(who: string, left: number): WallarooError {
  return new WallarooError({
    kind: "unconfirmed",
    operation: OPERATION,
    who,
    words: `Keycloak answered that it is done, and still shows ${left} of them`,
    next: "Look at the account in Keycloak (Sessions), then run the same command again.",
  });
}
