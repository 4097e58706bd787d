import { canonicalEmail } from "./email";
import type { View } from "./view";

/** Shortest part before the @ that is compared, in characters: of initials, one letter is half of the name. */
const SHORTEST = 3;

/** Finds the active account that an address to be invited may be meant for. Asks the platform nothing. */
export class Misspellings {
  readonly #answers = new Map<string, string | undefined>();
  readonly #indexes = new WeakMap<View, AddressesByLength>();

  /** @param run ids of the accounts that it has invited: what a program declares side by side is meant */
  constructor(private readonly run: { invited: ReadonlySet<string> }) {}

  /**
   * The address of an active account that `email` looks like a misspelling of, if no account of `view` has that. The first
   * answer counts: of a replacement, the engine has the new address checked once more as that of a new user.
   *
   * @param leaving canonical addresses that this one replaces: it may be the correction
   */
  find(email: string, view: View, leaving: ReadonlySet<string>): string | undefined {
    if (view.findAllByEmail(email).length > 0) return undefined;
    if (this.#answers.has(email)) return this.#answers.get(email);
    const isOther = (near: string) =>
      !leaving.has(near) && view.findAllByEmail(near).some(({ id, enabled }) => enabled && !this.run.invited.has(id));
    const near = this.#indexOf(view).find(email, isOther);
    this.#answers.set(email, near);
    return near;
  }

  #indexOf(view: View): AddressesByLength {
    let index = this.#indexes.get(view);
    if (index === undefined) {
      index = new AddressesByLength();
      for (const { email, enabled } of view.accounts()) {
        if (enabled && email !== undefined) index.add(canonicalEmail(email));
      }
      this.#indexes.set(view, index);
    }
    return index;
  }
}

/** Addresses by what a slip leaves alone or changes by one, so that few of ten thousand have to be compared. */
export class AddressesByLength {
  readonly #byKey = new Map<string, string[]>();

  /** @param email canonical */
  add(email: string): void {
    const key = keyOf(email, email.length);
    const others = this.#byKey.get(key);
    if (others === undefined) this.#byKey.set(key, [email]);
    else others.push(email);
  }

  /**
   * An address for which `isMeant` holds and that differs from `email` by one slip: a letter added, left out, replaced,
   * or swapped with the next. Addresses of different digits (`user1`, `user2`) and initials are meant to differ.
   */
  find(email: string, isMeant: (near: string) => boolean = () => true): string | undefined {
    const { length } = email;
    for (const near of [length, length - 1, length + 1]) {
      const candidates = this.#byKey.get(keyOf(email, near)) ?? [];
      const found = candidates.find((other) => isOneSlip(email, other) && isMeant(other));
      if (found !== undefined) return found;
    }
    return undefined;
  }
}

function keyOf(email: string, length: number): string {
  return `${length} ${email.replace(/\P{N}/gu, "")}`;
}

/** Written for speed: ten thousand invites and as many accounts are some thirty million calls. */
function isOneSlip(a: string, b: string): boolean {
  const shorter = Math.min(a.length, b.length);
  let start = 0;
  while (start < shorter && a.charCodeAt(start) === b.charCodeAt(start)) start += 1;
  let end = 0;
  const rest = shorter - start;
  while (end < rest && a.charCodeAt(a.length - 1 - end) === b.charCodeAt(b.length - 1 - end)) end += 1;
  const [left, right] = [a.length - start - end, b.length - start - end];
  const isSwapped = left === 2 && right === 2 && a[start] === b[start + 1] && a[start + 1] === b[start];
  const isOne = isSwapped || (left <= 1 && right <= 1 && left + right > 0);
  return isOne && Math.max(a.indexOf("@"), b.indexOf("@")) >= SHORTEST;
}
