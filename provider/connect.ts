import { setMaxListeners } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { Breaker, type BreakerLimits, type Intent } from "./api/breaker";
import { createClient } from "./api/client";
import { PlatformClock } from "./api/clock";
import { WallarooError } from "./api/errors";
import { Limiter } from "./api/limiter";
import { Secrets } from "./api/redact";
import { createSessionsApi } from "./api/sessions";
import { TokenSource } from "./api/token";
import { createTransport, type Transport } from "./api/transport";
import { createUsersApi } from "./api/users";
import { Waiting } from "./api/waiting";
import { createWorkspacesApi } from "./api/workspaces";
import type { Settings } from "./settings";
import { Announcements } from "./user/announce";
import { Directory } from "./user/directory";
import type { Log } from "./user/context";
import { Lookout } from "./user/lookout";
import { Misspellings } from "./user/misspelling";
import type { RunMemory } from "./user/run";
import type { WorkspaceContext } from "./workspace/context";
import { WorkspaceDirectory } from "./workspace/directory";
import { MemberMemory } from "./workspace/memory";
import { RunOwnership } from "./workspace/ownership";

/** Retries of one request end this many milliseconds after its first attempt. */
const MAX_RETRYING_MS = 180_000;

/** One platform as a process works with it: one token, one view of who exists, one memory of the run. */
export interface Platform {
  settings: Settings;
  token: TokenSource;
  /** What the verbs of all resources work with. */
  context: WorkspaceContext;
  /** What no message may repeat. */
  secrets: Secrets;
}

/** What a run has by default, and a test can't wait for. */
export interface Substitutes extends Partial<BreakerLimits> {
  transport?: Transport;
  /** How long an account is looked for after its invite, in milliseconds. */
  lookingMs?: number;
}

/** Puts the parts together. Sends nothing. */
export function connect(
  settings: Settings,
  run: RunMemory,
  given: Log,
  { lookingMs, transport: substitute, ...limits }: Substitutes = {},
): Platform {
  const { inWords } = settings.names;
  const log: Log = {
    info: (message) => given.info(inWords(message)),
    warn: (message) => given.warn(inWords(message)),
  };
  const secrets = new Secrets();
  const { signal } = run.cancellation;
  // Each pause under way listens.
  setMaxListeners(0, signal);
  const { requestTimeoutMs: timeoutMs, maxConcurrency: maxSockets } = settings;
  const waiting = new Waiting((message) => log.info(message));
  const transport = waiting.watch(substitute ?? createTransport({ timeoutMs, maxSockets, secrets }));
  const breaker = new Breaker({ requestTimeoutMs: timeoutMs, ...limits });
  const token = new TokenSource(settings, breaker.guard(transport), secrets);
  const clock = new PlatformClock();
  const client = createClient({
    url: settings.url,
    transport: clock.watch(transport),
    token,
    secrets,
    breaker,
    // A pause that is cut short is followed by one more attempt.
    sleep: (ms) => waiting.during(sleep(ms, undefined, { signal }).catch(() => undefined)),
    retry: {
      get maxRetries() {
        return signal.aborted ? 0 : settings.maxRetries;
      },
      maxElapsedMs: MAX_RETRYING_MS,
    },
    maxConcurrency: settings.maxConcurrency,
    readOnlyBy: settings.readOnlyBy,
  });
  const users = createUsersApi(client);
  const refuseEnded = (intent: Pick<Intent, "operation" | "who">) => {
    if (run.engine.isGone) throw notTried(intent, "the engine has ended");
    if (signal.aborted) throw notTried(intent, "the run was cancelled");
  };
  const directory = new Directory(users);
  const workspaces = createWorkspacesApi(client);
  const view = (maxAgeMs: number) => breaker.whileLooking(() => directory.view(maxAgeMs));
  const context: WorkspaceContext = {
    users: {
      ...users,
      // Asked once more before an invite: what is decided about it may have taken its time.
      invite: async (request, ...others) => {
        refuseEnded({ operation: "invite", who: request.email });
        return users.invite(request, ...others);
      },
    },
    sessions: settings.endSessions === "off" ? undefined : createSessionsApi(client, adminUrlOf(settings)),
    mustEndSessions: settings.endSessions === "required",
    directory,
    workspaces,
    workspaceDirectory: new WorkspaceDirectory(workspaces),
    ownership: new RunOwnership(() => context),
    memberships: new MemberMemory(),
    lookout: new Lookout({ view }, lookingMs, () => breaker.isOver()),
    misspellings: new Misspellings(run),
    announcements: new Announcements(log),
    run,
    log,
    caller: (isEnough) => token.caller(isEnough),
    clock,
    pause: client.pause,
    limiter: new Limiter(settings.maxConcurrency),
    breaker: {
      refuse: (intent) => {
        refuseEnded(intent);
        breaker.refuse(intent);
      },
    },
    protectedEmails: settings.protectedEmails,
    host: new URL(settings.url).host,
    seatLimit: settings.seatLimit,
  };
  signal.addEventListener("abort", () => context.lookout.hurry());
  return { settings, token, context, secrets };
}

/** Base URL of Keycloak's admin API for the realm of the accounts. */
export function adminUrlOf({ authUrl, realm }: Pick<Settings, "authUrl" | "realm">): string {
  return `${authUrl}/admin/realms/${encodeURIComponent(realm)}`;
}

/** What is begun without an engine would be stored in no state. */
function notTried({ operation, who }: Pick<Intent, "operation" | "who">, why: string): WallarooError {
  return new WallarooError({
    kind: "notTried",
    operation,
    who,
    beforeSending: true,
    words: `not tried, because ${why}`,
    next: "Run the same command again.",
  });
}
