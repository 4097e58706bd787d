import { refusal, type WallarooError } from "../api/errors";
import type { ApiUser } from "../api/wire";
import { addressOf, canonicalEmail } from "./email";

/** All accounts on the platform at one moment, and what this process wrote to them since. */
export class View {
  readonly #byId = new Map<string, ApiUser>();
  readonly #byAddress = new AddressIndex();
  readonly #byUsername = new AddressIndex();
  #seatsTaken = 0;
  #showsRoles = false;

  /**
   * @param askedAtMs when it was asked for: what happened on the platform after that may be missing
   * @param tookMs how long the answer took
   */
  constructor(
    users: Iterable<ApiUser>,
    readonly askedAtMs = 0,
    readonly tookMs = 0,
  ) {
    for (const user of users) this.put(user);
  }

  findById(id: string): ApiUser | undefined {
    return this.#byId.get(id);
  }

  /**
   * By canonical email, or by username where that is the same address. Raises `refused`, naming the ids, when several
   * accounts have it: a realm may allow that, and none of them is more meant than the others.
   */
  findByEmail(email: string): ApiUser | undefined {
    return onlyOf(email, this.findAllByEmail(email));
  }

  /** The account that has the address itself; not one that has it for a username. Raises as {@link findByEmail}. */
  findByAddress(email: string): ApiUser | undefined {
    const user = this.findByEmail(email);
    return user !== undefined && addressOf(user) === email ? user : undefined;
  }

  /** All accounts that {@link findByEmail} would have to choose from. */
  findAllByEmail(email: string): ApiUser[] {
    const ids = this.#byAddress.idsOf(email);
    return (ids.length > 0 ? ids : this.#byUsername.idsOf(email)).flatMap((id) => this.#byId.get(id) ?? []);
  }

  accounts(): Iterable<ApiUser> {
    return this.#byId.values();
  }

  /** Enabled accounts with an address: what a licence counts. */
  seatsTaken(): number {
    return this.#seatsTaken;
  }

  /** True when any account's roles are shown; older releases show none. */
  showsRoles(): boolean {
    return this.#showsRoles;
  }

  put(user: ApiUser): void {
    const known = this.#byId.get(user.id);
    this.#seatsTaken += (takesSeat(user) ? 1 : 0) - (known !== undefined && takesSeat(known) ? 1 : 0);
    // The `user_ids` form of the query leaves roles out; that is no news about them.
    const realmRoles = user.realmRoles ?? known?.realmRoles;
    this.#showsRoles ||= realmRoles !== undefined;
    this.#byId.set(user.id, realmRoles === user.realmRoles ? user : { ...user, realmRoles });
    if (known !== undefined) {
      this.#byAddress.remove(addressOf(known), known.id);
      this.#byUsername.remove(canonicalEmail(known.username), known.id);
    }
    this.#byAddress.add(addressOf(user), user.id);
    this.#byUsername.add(canonicalEmail(user.username), user.id);
  }
}

function takesSeat({ enabled, email }: ApiUser): boolean {
  return enabled && email !== undefined;
}

/** The one account that has the address, or undefined. Raises `refused`, naming the ids, when there are several. */
export function onlyOf(email: string, users: readonly ApiUser[]): ApiUser | undefined {
  if (users.length > 1) throw ambiguous(email, users);
  return users[0];
}

/** Several accounts have the address. The ids are in one order, whatever that of the answer was. */
export function ambiguous(email: string, users: readonly ApiUser[]): WallarooError {
  const ids = users.map(({ id }) => id).sort();
  return refusal(
    "decide by the address",
    email,
    `${ids.length} accounts have it (ids ${ids.join(" and ")})`,
    "Nothing was sent for it. Give all but one of them another address in Keycloak (letters that only differ in how " +
      "their accents are encoded are the same), then run the same command again.",
  );
}

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
    if (!ids.includes(id)) return;
    this.#set(
      address,
      ids.filter((other) => other !== id),
    );
  }

  #set(address: string, [first, ...others]: string[]): void {
    if (first === undefined) this.#first.delete(address);
    else this.#first.set(address, first);
    if (others.length === 0) this.#others.delete(address);
    else this.#others.set(address, others);
  }
}
