import { expect } from "chai";
import sinon from "sinon";
import { WallarooError } from "../../provider/api/errors";
import { Limiter } from "../../provider/api/limiter";
import type { Answer, Exchange, Transport } from "../../provider/api/transport";
import type { ApiUser } from "../../provider/api/wire";
import { connect } from "../../provider/connect";
import { readSettings } from "../../provider/settings";
import { applyTeam } from "../../provider/team/apply";
import { RunMemory } from "../../provider/user/run";
import { teamFailureOf } from "../failures";

/** Every setting as it is by default. */
const SETTINGS: Record<string, string> = {
  "wallaroo:url": "https://platform.example",
  "wallaroo:username": "ci@example.com",
  "wallaroo:password": "a-password",
};
const TIMEOUT_MS = 45_000;
const MEMBERS = 10_000;

/** How a request ends that the platform does not answer well any more. */
type Trouble = (exchange: Exchange) => Promise<Answer>;

const after = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const fail = (kind: "timeout" | "unavailable", { operation, who, beforeSending }: Exchange, isSent: boolean) =>
  new WallarooError({
    kind,
    operation,
    who,
    beforeSending: beforeSending === true || !isSent,
    words: "no",
    next: "Look.",
  });
const answer = (status: number, retryAfterMs?: number): Answer => ({ status, body: "{}", retryAfterMs });

const TROUBLES: Record<string, Trouble> = {
  "answers nothing": async (exchange) => {
    await after(TIMEOUT_MS);
    throw fail("timeout", exchange, true);
  },
  "is not there": async (exchange) => {
    await after(1);
    throw fail("unavailable", exchange, false);
  },
  "takes 44 s for a 503": async () => {
    await after(44_000);
    return answer(503);
  },
  "takes 44 s to refuse to sign in, and to answer 401": async () => {
    await after(44_000);
    return answer(401);
  },
  "asks for another 50 s each time": async () => {
    await after(20);
    return answer(429, 50_000);
  },
};

describe("a run of 10,000 members", function () {
  this.timeout(120_000);
  let clock: sinon.SinonFakeTimers;
  let lastAnswerMs: number;
  /** Addresses whose invite was answered. */
  let invited: string[];
  /** What was sent when nothing was answered well any more. */
  let inTrouble: string[];
  // What is loaded at its first use takes real time, in which the clock of the test would run on for hours.
  before(() => new Limiter(1).run(() => Promise.resolve()));
  const { stackTraceLimit } = Error;
  beforeEach(() => {
    // Most members of a run are not tried, each by an error whose stack nobody reads.
    Error.stackTraceLimit = 0;
    clock = sinon.useFakeTimers({
      toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval", "performance"],
    });
    [invited, inTrouble] = [[], []];
  });
  afterEach(() => {
    clock.restore();
    Error.stackTraceLimit = stackTraceLimit;
  });

  /** A platform that answers each request after 400 ms, and from a moment on only with `trouble`. Its tokens live for 60 s. */
  function platform(troubleMs: number, trouble: Trouble): Transport {
    const people: Record<string, ApiUser> = { admin: { id: "admin", username: "admin", enabled: true } };
    const respond = (url: string, body: string): object => {
      if (url.endsWith("/token"))
        return { access_token: `token-${performance.now()}`, refresh_token: "more", expires_in: 60 };
      const request = JSON.parse(body) as { email?: string };
      if (!url.endsWith("/invite")) return { users: people };
      const { email = "" } = request;
      invited.push(email);
      people[email] = { id: email, username: email, email, enabled: true };
      return { id: email, password: "made-by-the-platform" };
    };
    return async (exchange) => {
      if (performance.now() >= troubleMs) {
        inTrouble.push(exchange.operation);
        return trouble(exchange);
      }
      await after(400);
      lastAnswerMs = performance.now();
      return { status: 200, body: JSON.stringify(respond(exchange.url, exchange.body ?? "")), retryAfterMs: undefined };
    };
  }

  for (const [name, trouble] of Object.entries(TROUBLES)) {
    for (const troubleS of [0, 3, 40]) {
      it(`ends within three minutes and two timeouts after the last answer of a platform that ${name} from second ${troubleS} on`, async () => {
        lastAnswerMs = 0;
        const transport = platform(troubleS * 1_000, trouble);
        const log = { info: () => undefined, warn: () => undefined };
        const { context } = connect(readSettings({ config: (key) => SETTINGS[key], env: {} }), new RunMemory(), log, {
          transport,
        });
        const members = Object.fromEntries(
          Array.from({ length: MEMBERS }, (_, index) => [`p${index}@example.com`, {}]),
        );
        let endMs: number | undefined;
        let failure: unknown;
        void applyTeam(context, "team", undefined, members, "team").catch((error: unknown) => {
          failure = error;
          endMs = performance.now();
        });
        while (endMs === undefined && performance.now() < 3_600_000) await clock.tickAsync(500);
        const { message, state } = teamFailureOf(failure);
        // A second more for all that is not waiting.
        expect((endMs ?? Infinity) - lastAnswerMs).to.be.at.most(180_000 + 2 * TIMEOUT_MS + 1_000);
        expect(message).to.match(/members failed of 10000, not tried: \d+\./);
        const stored = state?.ids ?? {};
        expect(
          invited.filter((email) => !Object.hasOwn(stored, email)),
          "what was done is stored",
        ).to.deep.equal([]);
        // Looks for accounts that were invited go on for three minutes, one for all of them.
        expect(inTrouble.length, "requests without a good answer").to.be.at.most(300);
      });
    }
  }
});
