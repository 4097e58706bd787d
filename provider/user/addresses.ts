import { WallarooError } from "../api/errors";
import type { ApiUser } from "../api/wire";
import { canonicalEmail } from "./email";

/** Which accounts have which canonical address: one each as a rule, which is all that is kept of it then. */
export class AddressIndex {
  readonly #first = new Map<string, string>();
  readonly #others = new Map<string, string[]>();

  idsOf(address: string): string[] {
    const first = this.#first.get(address);
    return first === undefined ? [] : [first, ...(this.#others.get(address) ?? [])];
  }

  add(address: string, id: string): void {
    const ids = this.idsOf(address);
    if (!ids.includes(id)) this.#set(address, [...ids, id]);
  }

  remove(address: string, id: string): void {
    const ids = this.idsOf(address);
    if (ids.includes(id)) {
      this.#set(
        address,
        ids.filter((other) => other !== id),
      );
    }
  }

  #set(address: string, [first, ...others]: string[]): void {
    if (first === undefined) this.#first.delete(address);
    else this.#first.set(address, first);
    if (others.length === 0) this.#others.delete(address);
    else this.#others.set(address, others);
  }
}

/** The one account that has the address, or undefined. Raises `refused`, naming the ids, when there are several. */
export function onlyOf(email: string, users: readonly ApiUser[]): ApiUser | undefined {
  if (users.length > 1) throw ambiguous(email, users);
  return users[0];
}

/** The ids are in one order, whatever that of the answer was. */
function ambiguous(email: string, users: readonly ApiUser[]): WallarooError {
  const ids = users.map(({ id }) => id).sort();
  return new WallarooError({
    kind: "refused",
    operation: "decide by the address",
    who: email,
    words: `${ids.length} accounts have it (ids ${ids.join(" and ")})`,
    next:
      "Nothing was sent for it. Give all but one of them another address in Keycloak (letters that only differ in how " +
      "their accents are encoded are the same), then run the same command again.",
  });
}

/** Raises when another account has the address of `user` too: the platform (de)activates by address. */
export function refuseSharedAddress(user: ApiUser, view: { findAllByEmail(email: string): ApiUser[] }): void {
  const email = canonicalEmail(user.email ?? user.username);
  const others = view.findAllByEmail(email).filter(({ id }) => id !== user.id);
  if (others.length > 0) throw ambiguous(email, [user, ...others]);
}
