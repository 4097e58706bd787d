import type { Answer, Method, Transport } from "../api/transport";
import { createTransport } from "../api/transport";
import type { Platform } from "../connect";
import type { View } from "../user/view";

/** What was found at one thing that was looked at. */
export interface Finding {
  /** Stable name of what was looked at, for a program. */
  id: string;
  /** `refused`: `pulumi up` would fail there; `note`: worth knowing, and `up` would not fail. */
  status: "ok" | "note" | "refused";
  /** One sentence without its end; never a secret. */
  message: string;
  /** What to do next, in full sentences. */
  next?: string;
}

type Found = Omit<Finding, "id">;

/** One thing to look at. */
export interface Look {
  id: string;
  /** Ids of what has to be well before this can be looked at. */
  needs: readonly string[];
  /** Raises `WallarooError` for what stands in the way. */
  look: (looks: Looks) => Found | Promise<Found>;
}

/** What all looks share: the platform as the provider has it, and single requests that are not repeated. */
export class Looks {
  readonly #transport: Transport;
  /** How much the platform's clock is ahead of this machine's, in milliseconds; undefined before an answer that tells. */
  aheadMs: number | undefined;

  /** All accounts; undefined until they were listed. */
  view: View | undefined;

  constructor(readonly platform: Platform) {
    const { requestTimeoutMs: timeoutMs } = platform.settings;
    this.#transport = createTransport({ timeoutMs, maxSockets: 1, secrets: platform.secrets });
  }

  /** Asks once, for messages as `operation` and `who`. Raises what a transport raises. */
  async ask(
    method: Method,
    url: string,
    about: { operation: string; who: string },
    request: { token?: string; body?: string } = {},
  ): Promise<Answer> {
    const { token, body } = request;
    const headers: Record<string, string> = { accept: "application/json" };
    if (token !== undefined) headers["authorization"] = `Bearer ${token}`;
    if (body !== undefined) headers["content-type"] = "application/json";
    const answer = await this.#transport({ method, url, headers, ...about, ...(body === undefined ? {} : { body }) });
    // A `Date` has whole seconds.
    if (answer.dateMs !== undefined && answer.status < 300) this.aheadMs = answer.dateMs + 500 - Date.now();
    return answer;
  }
}
