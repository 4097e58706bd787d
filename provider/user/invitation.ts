import type { Client } from "../api/client";
import { WallarooError, isUncertain, isWallarooError, messageOf } from "../api/errors";
import type { UsersApi } from "../api/users";
import type { ApiUser, InviteUserRequest } from "../api/wire";
import type { Directory } from "./directory";

/** How an invite ended. */
export type Invitation =
  /** Answered. `idHint` is whatever the platform calls the id. */
  | { kind: "invited"; idHint: string; password: string }
  /** The answer was lost, but the account is there now and was not before: the invite did arrive. */
  | { kind: "arrived"; user: ApiUser }
  /** Somebody else took the address meanwhile. */
  | { kind: "taken"; user: ApiUser };

/** What {@link invite} works with. */
export interface InvitationTools {
  users: Pick<UsersApi, "invite">;
  directory: Directory;
  pause: Client["pause"];
}

/**
 * Invites a person whose address nobody has. When the answer is lost the platform is asked whether the invite arrived,
 * and only if it did not, another one is sent: people would be mailed twice. A refusal that says that the address is
 * taken is somebody else's doing, unless an earlier invite of this very call was still on its way.
 *
 * Raises `WallarooError` when the platform refuses, or stays out of reach.
 */
export async function invite(request: InviteUserRequest, tools: InvitationTools): Promise<Invitation> {
  const { users, directory, pause } = tools;
  const startedMs = performance.now();
  let isLate = false;
  for (let retry = 1; ; retry += 1) {
    try {
      const answer = await users.invite(request);
      return { kind: "invited", idHint: answer.id, password: answer.password };
    } catch (error) {
      if (!isWallarooError(error)) throw error;
      const isSure = error.beforeSending || isWallarooError(error, "unauthenticated", "forbidden");
      if (isSure && !isLate) throw error;
      const user = await ask(request.email, directory, error);
      if (user !== undefined) {
        // Whom an invite makes is active.
        const isOurs = user.enabled && (isLate || (isUncertain(error) && !saysTaken(error, request.email)));
        return { kind: isOurs ? "arrived" : "taken", user };
      }
      isLate ||= isUncertain(error);
      if (isWallarooError(error, "unavailable", "timeout") && (await pause(retry, startedMs, error))) continue;
      throw isLate ? error.with({ next: `${error.next} ${LATE}` }) : error;
    }
  }
}

const LATE = "If it then finds an active account of this address, write `adopt: true`.";

async function ask(email: string, directory: Directory, error: WallarooError): Promise<ApiUser | undefined> {
  try {
    return (await directory.view(0)).findByEmail(email);
  } catch (failure) {
    throw new WallarooError({
      kind: error.kind,
      operation: "invite",
      who: email,
      words: `${messageOf(error)} Whether the invite arrived could not be asked either: ${messageOf(failure)}`,
      next: `Run the same command again. ${LATE}`,
    });
  }
}

/** Some releases answer a duplicate with 500; then only the wording tells it from an outage. */
function saysTaken({ status, words }: WallarooError, email: string): boolean {
  return status !== undefined && /\b(exists?|taken|duplicate|conflict|in use)\b/i.test(words.replaceAll(email, ""));
}
