import { cleanWords, isOutage, isWallarooError } from "./errors";
import type { Answer, Exchange, Transport } from "./transport";

/** Time without an answer before the first word, in milliseconds: a run in which all is well says nothing. */
const FIRST_MS = 3_000;
/** Time between two words, in milliseconds. */
const EVERY_MS = 10_000;

/**
 * Says why nothing happens, in one line for all requests, after 3 s without an answer and then every 10 s. An answer
 * that asks for another try (429, 5xx) does not count. Does not keep the process alive.
 */
export class Waiting {
  /** The requests under way, the oldest first. */
  readonly #underWay = new Set<Exchange>();
  /** Attempts since the last answer, by purpose. */
  readonly #attempts = new Map<string, number>();
  #last: Exchange | undefined;
  #pauses = 0;
  /** When the first request without an answer began; undefined after an answer. */
  #sinceMs: number | undefined;
  #dueMs = 0;
  #idleSinceMs = -Infinity;
  #willLook = false;

  constructor(
    private readonly say: (message: string) => void,
    private readonly nowMs: () => number = () => performance.now(),
  ) {}

  /** The same transport, watched. */
  watch(transport: Transport): Transport {
    return async (exchange) => {
      this.#begin(exchange);
      let isAnswered = false;
      try {
        const answer = await transport(exchange);
        isAnswered = isFinal(answer);
        return answer;
      } catch (error) {
        isAnswered = !isWallarooError(error, "timeout", "unavailable");
        throw error;
      } finally {
        this.#underWay.delete(exchange);
        if (isAnswered) this.#startAnew();
        this.#noteIdle();
      }
    };
  }

  /** Ends with `pause`, a wait before another attempt, in which nothing is answered either. */
  async during<T>(pause: Promise<T>): Promise<T> {
    this.#pauses += 1;
    try {
      return await pause;
    } finally {
      this.#pauses -= 1;
      this.#noteIdle();
    }
  }

  #begin(exchange: Exchange): void {
    const nowMs = this.nowMs();
    // After a while in which nothing was asked it is another wait.
    if (this.#isIdle() && nowMs - this.#idleSinceMs > EVERY_MS) this.#startAnew();
    if (this.#sinceMs === undefined) {
      this.#sinceMs = nowMs;
      this.#dueMs = nowMs + FIRST_MS;
    }
    const purpose = purposeOf(exchange);
    this.#attempts.set(purpose, (this.#attempts.get(purpose) ?? 0) + 1);
    this.#last = exchange;
    this.#underWay.add(exchange);
    // It may have become due between two requests that were short.
    if (nowMs >= this.#dueMs) this.#speak();
    if (!this.#willLook) this.#lookLater();
  }

  /** Requests that are still under way wait from now on. */
  #startAnew(): void {
    const nowMs = this.nowMs();
    this.#attempts.clear();
    this.#sinceMs = this.#underWay.size > 0 ? nowMs : undefined;
    this.#dueMs = nowMs + FIRST_MS;
  }

  /** Looks again after {@link FIRST_MS} at the latest, so that no answer has to set a timer anew. */
  #lookLater(): void {
    this.#willLook = true;
    const look = () => {
      this.#willLook = false;
      if (this.#isIdle() || this.#sinceMs === undefined) return;
      if (this.nowMs() >= this.#dueMs) this.#speak();
      this.#lookLater();
    };
    setTimeout(look, Math.min(Math.max(1, this.#dueMs - this.nowMs()), FIRST_MS)).unref();
  }

  #speak(): void {
    const [oldest = this.#last, ...others] = this.#underWay;
    if (oldest === undefined || this.#sinceMs === undefined) return;
    const seconds = Math.round((this.nowMs() - this.#sinceMs) / 1000);
    const attempt = this.#attempts.get(purposeOf(oldest)) ?? 1;
    const next = this.#underWay.size === 0 ? " has failed, and the next one follows" : "";
    const waiting = others.length === 1 ? "1 more request waits" : `${others.length} more requests wait`;
    const more = others.length === 0 ? "" : ` ${waiting} too.`;
    const { host } = new URL(oldest.url);
    this.say(
      `Waiting for ${host} for ${seconds} s: ${cleanWords(purposeOf(oldest), undefined, MAX_ABOUT)}, attempt ${attempt}${next}.${more}`,
    );
    while (this.#dueMs <= this.nowMs()) this.#dueMs += EVERY_MS;
  }

  #isIdle(): boolean {
    return this.#underWay.size === 0 && this.#pauses === 0;
  }

  #noteIdle(): void {
    if (this.#isIdle()) this.#idleSinceMs = this.nowMs();
  }
}

function purposeOf({ operation, who }: Exchange): string {
  return `${operation} ${who}`;
}

/** Longest purpose, in characters. */
const MAX_ABOUT = 320;

function isFinal({ status }: Answer): boolean {
  return status !== 429 && !isOutage(status);
}
