import { isWallarooError } from "../api/errors";
import type { ApiUser } from "../api/wire";
import type { Directory } from "./directory";
import { addressOf } from "./email";
import type { View } from "./view";

/** How long an account is looked for after its invite was answered, or failed, in milliseconds. */
export const LOOKING_MS = 180_000;
/** First pause between two looks, doubled each time with jitter, and the longest, in milliseconds. */
const PAUSE_MS = { first: 250, longest: 5_000 };

/** What came of looking for an account. */
export type Sight =
  | { kind: "shown"; user: ApiUser }
  /** The last look was good, and did not show it. */
  | { kind: "absent" }
  /** The time was up and the last look had failed, or had no answer yet: the account may be there. */
  | { kind: "unknown"; failure?: unknown };

/** An account that is looked for. */
interface Search {
  email: string;
  /** The id that the invite answered, if it did. */
  id: string | undefined;
  /** Ends with the first good look, or only with one that shows the account. */
  until: "answered" | "shown";
  end: (sight: Sight) => void;
  looks: number;
  /** When the next look is due, by `performance.now()`. */
  dueMs: number;
  /** The last look that ended was good. */
  isAnswered: boolean;
  /** When the look was asked for that is under way. */
  askedMs?: number;
  failure?: unknown;
}

/** Looks for accounts that an invite made, or may have made: one look for all of them, by time and not by retries. */
export class Lookout {
  readonly #searches = new Set<Search>();
  readonly #waiting: (() => void)[] = [];
  #isLooking = false;
  #isHurried = false;
  #wake: (() => void) | undefined;

  /**
   * @param lookingMs how long an account is looked for, in milliseconds
   * @param isOver true when looking has to end sooner
   */
  constructor(
    private readonly directory: Pick<Directory, "view">,
    readonly lookingMs: number = LOOKING_MS,
    private readonly isOver = () => false,
  ) {}

  /**
   * Looks for the account of a canonical address, and of an id if the invite answered one: until the first good look ("answered"), or until one shows it, and in
   * any case no longer than `lookingMs` from `fromMs` (`performance.now()`). Raises nothing.
   */
  find(email: string, until: "answered" | "shown", fromMs: number, id?: string): Promise<Sight> {
    return new Promise((resolve) => {
      const endMs = fromMs + this.lookingMs;
      const search: Search = {
        email,
        id,
        until,
        looks: 0,
        isAnswered: false,
        dueMs: performance.now() + (until === "answered" || this.#isHurried ? 0 : pauseAfter(1, undefined)),
        end: (sight) => {
          clearTimeout(timer);
          this.#searches.delete(search);
          if (this.isClear()) for (const go of this.#waiting.splice(0)) go();
          this.#wake?.();
          resolve(sight);
        },
      };
      const timer = setTimeout(() => {
        // A look that takes so long may as well fail.
        const isStuck = search.askedMs !== undefined && search.askedMs < performance.now() - PAUSE_MS.longest;
        search.end(search.isAnswered && !isStuck ? { kind: "absent" } : { kind: "unknown", failure: search.failure });
      }, endMs - performance.now());
      this.#searches.add(search);
      this.#wake?.();
      void this.#look();
    });
  }

  /** From now on each search ends with its next look: as unknown if that does not show the account. */
  hurry(): void {
    this.#isHurried = true;
    for (const search of this.#searches) search.dueMs = performance.now();
    this.#wake?.();
  }

  /** False while it is not known whether an invite arrived, because no look after it was good yet. */
  isClear(): boolean {
    return ![...this.#searches].some(({ until }) => until === "answered");
  }

  /** Ends when it {@link isClear}: the platform answers again, or the time is up. */
  async whenClear(): Promise<void> {
    if (!this.isClear()) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  async #look(): Promise<void> {
    if (this.#isLooking) return;
    this.#isLooking = true;
    while (this.#searches.size > 0) {
      const waitMs = Math.min(...[...this.#searches].map(({ dueMs }) => dueMs)) - performance.now();
      if (waitMs > 0) {
        await this.#sleep(waitMs);
        continue;
      }
      const asked = [...this.#searches];
      for (const search of asked) search.askedMs = performance.now();
      let view: View | undefined;
      let failure: unknown;
      try {
        view = await this.directory.view(0);
      } catch (error) {
        failure = error;
      }
      for (const search of asked) {
        if (view === undefined && this.isOver()) search.end({ kind: "unknown", failure });
        else if (view === undefined) defer(search, failure);
        else {
          try {
            answer(search, view);
          } catch (error) {
            // Several accounts have the address.
            defer(search, error);
          }
        }
        if (this.#isHurried && this.#searches.has(search)) search.end({ kind: "unknown", failure: search.failure });
      }
    }
    this.#isLooking = false;
  }

  /** Until `ms` have passed, or until a search begins or ends. */
  async #sleep(ms: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#wake = undefined;
  }
}

function answer(search: Search, view: View): void {
  const { email, id, until } = search;
  const byId = id === undefined ? undefined : view.findById(id);
  // An id is a hint: it may be that of another account.
  const user = byId !== undefined && addressOf(byId) === email ? byId : view.findByEmail(email);
  // An account that has the address for its username alone is not the one that an invite made.
  const isIt = user !== undefined && (until === "answered" || addressOf(user) === email);
  if (isIt) return search.end({ kind: "shown", user });
  if (until === "answered") return search.end({ kind: "absent" });
  defer(search, undefined);
}

function defer(search: Search, failure: unknown): void {
  delete search.askedMs;
  search.failure = failure;
  search.isAnswered = failure === undefined;
  search.looks += 1;
  search.dueMs = performance.now() + pauseAfter(search.looks, failure);
}

/** Milliseconds after a look: ours or the server's, whichever is longer, up to the longest. */
function pauseAfter(looks: number, failure: unknown): number {
  const ceiling = Math.min(PAUSE_MS.longest, PAUSE_MS.first * 2 ** (looks - 1));
  const ours = (ceiling / 2) * (1 + Math.random());
  const servers = isWallarooError(failure) ? (failure.retryAfterMs ?? 0) : 0;
  return Math.min(Math.max(ours, servers), PAUSE_MS.longest);
}
