import { AdminClient } from "../emulator/keycloak/admin-client";
import { KeycloakBackend } from "../emulator/keycloak/backend";
import { countRequests, type CountedKeycloak } from "../emulator/keycloak/counter";
import { findObstacle } from "../emulator/keycloak/distribution";
import { CHEAP_HASH } from "../emulator/keycloak/realm";
import { startKeycloak } from "../emulator/keycloak/server";
import { startPlatform } from "../emulator/platform";
import { checked, type AccountCount } from "./checked";
import { liveTogether, measureInRounds, type Life } from "./live";
import { findOpenTofu, openTofuStack } from "./opentofu";
import type { Results } from "./series";
import { openStack, type BenchStack } from "./subject";
import type { Subject } from "./subjects";

/** ACCOUNTS:RUNS; in a quarter of an hour on two idle cores. */
export const KEYCLOAK_PLAN = "100:3,1000:3";
/** Requests that the provider and OpenTofu may have under way at once: OpenTofu's default. */
const CONCURRENCY = 10;
/** Seconds for which an access token is good, so that no phase is about tokens. */
const TOKEN_LIFETIME = 300;
/** Accounts of a life before the first that is measured: a Keycloak that has just started is slower, whoever asks it. */
const WARM_UP = 200;
/** OpenTofu's accounts are in a realm of their own: the list that the platform answers with is of its accounts alone. */
const REALM = "opentofu";

interface Group {
  accounts: number;
  runs: number;
}

/**
 * Measures a team over a real Keycloak beside its floor and, if OpenTofu and its provider for Keycloak are on PATH, the same
 * accounts through it. Counted are the requests that reach Keycloak, whoever sends them. `after` is called with what was
 * measured so far. Raises if no Keycloak can be run on this machine.
 *
 * @param subject `team`, or `native-team` for the plugin
 */
export async function measureOverKeycloak(
  { plan, subject, about }: { plan: string; subject: Subject; about: string[] },
  after: (results: Results) => void,
): Promise<void> {
  const groups = readPlan(plan);
  const obstacle = await findObstacle();
  if (obstacle !== undefined) throw new Error(`No Keycloak can be run here: ${obstacle}.`);
  const tofu = findOpenTofu();
  const beside = typeof tofu === "string" ? `${tofu}.` : `Beside it runs ${tofu.about}.`;
  const results: Results = { about: [...about, `${SETTINGS} ${beside}`], series: [] };
  process.stderr.write(`${beside}\n`);
  const server = await countRequests(await startKeycloak((line) => process.stderr.write(`${line}\n`)));
  const livesOf = ({ accounts }: Group): Life[] => [
    { subject, accounts, latencyMs: 0, open: () => openOwn(server, subject, accounts) },
    {
      ...{ subject: "team-floor", accounts, latencyMs: 0 },
      open: () => openStack({ subject: "team-floor", accounts, latencyMs: 0, maxConcurrency: CONCURRENCY }),
    },
    ...(typeof tofu === "string"
      ? []
      : [
          {
            ...({ subject: "opentofu", accounts, latencyMs: 0 } as const),
            open: async () => {
              await makeRealm(server);
              const { authUrl, take } = server;
              const options = { accounts, authUrl, take, realm: REALM, concurrency: CONCURRENCY };
              return checked(openTofuStack(tofu, options), {
                accounts,
                deletes: true,
                count: counterOf(server, REALM),
              });
            },
          },
        ]),
  ];
  try {
    await liveTogether(livesOf({ accounts: WARM_UP, runs: 1 }), []);
    process.stderr.write("Keycloak is warm\n");
    await measureInRounds(groups, {
      nameOf: ({ accounts }) => `${accounts} accounts over Keycloak`,
      // Every other run backwards, so that no subject is always the first to create.
      live: (group, run) => liveTogether(run % 2 === 1 ? livesOf(group) : livesOf(group).reverse(), results.series),
      after: () => after(results),
    });
  } finally {
    await server.stop();
  }
}

const SETTINGS =
  "A real Keycloak 26.4 with its database in memory, on the same machine, and the cheapest of its password hashes: the default one " +
  "costs 0.1 s of CPU per account, whoever makes it. " +
  `A life of ${WARM_UP} accounts of each came before, not measured. ` +
  "The team reaches it through the emulated platform, OpenTofu by itself. " +
  `Both may have ${CONCURRENCY} requests under way. \`no change\` is \`pulumi up --refresh\` and \`tofu apply\`, which both look at ` +
  "every account; `update` and `destroy` are `up` and `destroy` of each with nothing beside it, which in OpenTofu look at every " +
  "account first. A destroy deactivates the accounts of a team and ends their sessions, and deletes those of OpenTofu.";

/** A team on a platform of its own, in a realm that has no account but that of the operator. */
async function openOwn(server: CountedKeycloak, subject: Subject, accounts: number): Promise<BenchStack> {
  const settings = { tokenLifetime: TOKEN_LIFETIME, hasOperator: true, hasCheapHash: true };
  const backend = await KeycloakBackend.create(settings, () => undefined, server);
  await backend.reset();
  const platform = await startPlatform({}, backend);
  const stack = await openStack({
    ...{ subject, accounts, latencyMs: 0, maxConcurrency: CONCURRENCY },
    ...{ platform, noChangeFlags: ["--refresh"] },
  });
  const counted: BenchStack = {
    ...stack,
    async measure(phase) {
      server.take();
      const used = await stack.measure(phase);
      return { ...used, requests: server.take().length };
    },
  };
  return checked(counted, { accounts, deletes: false, count: counterOf(server, "master") });
}

/** Asks a realm for its accounts. */
function counterOf({ authUrl }: CountedKeycloak, realm: string): () => Promise<AccountCount> {
  const admin = new AdminClient(authUrl, `/admin/realms/${realm}/users`);
  return async () => ({
    all: await admin.ask<number>("GET", "/count"),
    enabled: await admin.ask<number>("GET", "/count?enabled=true"),
  });
}

/** A realm for OpenTofu without an account, whatever an earlier run left. */
async function makeRealm({ authUrl }: CountedKeycloak): Promise<void> {
  const admin = new AdminClient(authUrl, "/admin/realms");
  await admin.send("DELETE", `/${REALM}`);
  await admin.ask("POST", "", {
    realm: REALM,
    enabled: true,
    passwordPolicy: CHEAP_HASH,
  });
}

function readPlan(plan: string): Group[] {
  return plan.split(",").map((text) => {
    const [accounts = NaN, runs = NaN, ...more] = text.split(":").map(Number);
    if (!(accounts > 0 && runs > 0) || more.length > 0) throw new Error(`${text} is not ACCOUNTS:RUNS`);
    return { accounts, runs };
  });
}
