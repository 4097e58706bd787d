import { parseArgs } from "node:util";
import type { Backend } from "./backend";
import { KeycloakBackend } from "./keycloak/backend";
import { findObstacle } from "./keycloak/distribution";
import { startPlatform, type PlatformOptions } from "./platform";
import { BUILT_IN, OPERATOR } from "./seeds";
import { WORKSPACE_CHOICES, type WorkspaceOptions } from "./workspace-routes";

const USAGE = `Runs an emulated Wallaroo platform on this machine.

  --port N                 default 0: any free port
  --seed guide-2022|guide-2024
  --release 2022|2024      default 2024, or that of the seed
  --seat-limit N
  --token-lifetime SECONDS default 60
  --client-token-lifetime CLIENT=SECONDS  the same for one client; may be repeated
  --latency MS             default 0
  --invite-id uuid|email   what an invite answers as id, default uuid
  --duplicate-status 400|409|500      default 409
  --unknown-email-status 400|404|500  default 404
  --unknown-id null|absent            default null
  --roles optional|required           of an invite of release 2024, default optional
  --lightweight-tokens     access tokens without sub, email and preferred_username
  --seen-after MS          an invited account shows up in queries only so much later, default 0
  --ignores-deactivate ADDRESS        activate and deactivate leave this account as it is; may be repeated
  --password-policy none|before|after an invite's password needs an upper-case letter: checked before the account is
                           made (400) or after it (500, and the account is there); default none
  --workspaces NAME=VALUE  how workspaces behave; may be repeated. Names and values, the default first:
${Object.entries(WORKSPACE_CHOICES)
  .map(([name, values]) => `                           ${name} ${values.join("|")}`)
  .join("\n")}
  --backend memory|keycloak           default memory; keycloak needs Java 17 and Maven
  --help`;

/** What a user of it signs in with. */
const ACCOUNTS = `account ${BUILT_IN.username} / ${BUILT_IN.password} (no email)
account ${OPERATOR.email} / ${OPERATOR.password} (a realm admin)
`;

/** A mistake on the command line. */
class UsageError extends Error {}

function readOptions(args: string[]): { options: PlatformOptions; backend: string } | undefined {
  const text = { type: "string" } as const;
  const { values } = parseArgs({
    args,
    options: {
      port: text,
      seed: text,
      release: text,
      "seat-limit": text,
      "token-lifetime": text,
      "client-token-lifetime": { type: "string", multiple: true },
      latency: text,
      "invite-id": text,
      "duplicate-status": text,
      "unknown-email-status": text,
      "unknown-id": text,
      roles: text,
      "lightweight-tokens": { type: "boolean" },
      "seen-after": text,
      "ignores-deactivate": { type: "string", multiple: true },
      "password-policy": text,
      workspaces: { type: "string", multiple: true },
      backend: text,
      help: { type: "boolean" },
    },
  });
  if (values.help) return undefined;
  type NumberFlag = "port" | "seat-limit" | "token-lifetime" | "latency" | "seen-after";
  const number = (name: NumberFlag, fallback: number | undefined) => {
    const value = values[name] === undefined ? fallback : Number(values[name]);
    if (value !== undefined && !(value >= 0)) throw new UsageError(`--${name} must be a number`);
    return value;
  };
  const choice = <T extends string>(name: keyof typeof values, allowed: readonly T[]): T | undefined => {
    const value = values[name] as T | undefined;
    if (value !== undefined && !allowed.includes(value))
      throw new UsageError(`--${name} must be one of ${allowed.join(", ")}`);
    return value;
  };
  const status = <T extends number>(name: keyof typeof values, allowed: readonly T[]): T | undefined => {
    const value = choice(name, allowed.map(String));
    return value === undefined ? undefined : (Number(value) as T);
  };
  const backend = choice("backend", ["memory", "keycloak"]) ?? "memory";
  const lifetimes = (values["client-token-lifetime"] ?? []).map((text): [string, number] => {
    const [, client, seconds] = /^([\w-]+)=([\d.]+)$/.exec(text) ?? [];
    if (client === undefined) throw new UsageError("--client-token-lifetime must be CLIENT=SECONDS");
    return [client, Number(seconds)];
  });
  const choices: Record<string, readonly (string | number)[]> = WORKSPACE_CHOICES;
  const workspaces = (values.workspaces ?? []).map((text) => {
    const [name = "", value] = text.split("=");
    const chosen = choices[name]?.find((allowed) => String(allowed) === value);
    if (chosen === undefined) throw new UsageError("--workspaces must be NAME=VALUE, both as --help lists them");
    return [name, chosen] as const;
  });
  const options = {
    ...(Object.fromEntries(workspaces) as Partial<WorkspaceOptions>),
    port: number("port", 0),
    seed: choice("seed", ["guide-2022", "guide-2024"]),
    release: choice("release", ["2022", "2024"]),
    seatLimit: number("seat-limit", undefined),
    tokenLifetime: number("token-lifetime", 60),
    clientTokenLifetimes: Object.fromEntries(lifetimes),
    latencyMs: number("latency", 0),
    inviteAnswersId: choice("invite-id", ["uuid", "email"]),
    duplicateStatus: status("duplicate-status", [400, 409, 500]),
    unknownEmailStatus: status("unknown-email-status", [400, 404, 500]),
    unknownId: choice("unknown-id", ["null", "absent"]),
    roles: choice("roles", ["optional", "required"]),
    lightweightTokens: values["lightweight-tokens"],
    seenAfterMs: number("seen-after", 0),
    ignoresDeactivate: values["ignores-deactivate"],
    passwordPolicy: choice("password-policy", ["none", "before", "after"]),
  };
  if (backend === "keycloak" && options.seed !== undefined) {
    throw new UsageError("--seed needs ids of its own, which a real Keycloak does not let anybody choose");
  }
  return { options: Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)), backend };
}

async function main(): Promise<void> {
  const read = readOptions(process.argv.slice(2));
  if (read === undefined) {
    process.stdout.write(`${USAGE}\n`);
    return;
  }
  const { options, backend } = read;
  // Before it listens there is nothing to close, but a Keycloak on its way ends only with the exit of this process.
  let stop = (): void => process.exit(1);
  for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => stop());
  const store = backend === "memory" ? undefined : await startKeycloakBackend(options);
  const platform = await startPlatform(options, store);
  process.stdout.write(`listening on ${platform.url}\n${ACCOUNTS}`);
  // Whoever runs it may call what no test may.
  stop = () => {
    platform.clearLog();
    void platform.close().then(() => process.exit(0));
  };
}

async function startKeycloakBackend({ tokenLifetime = 60, clientTokenLifetimes }: PlatformOptions): Promise<Backend> {
  const obstacle = await findObstacle();
  if (obstacle !== undefined) throw new Error(`can't run Keycloak: ${obstacle}`);
  return KeycloakBackend.create({ tokenLifetime, clientTokenLifetimes, hasOperator: true }, (line) =>
    process.stderr.write(`${line}\n`),
  );
}

main().catch((error: Error & { code?: string }) => {
  process.stderr.write(`emulator: ${error.message.split("\n")[0]}\n`);
  process.exitCode = error instanceof UsageError || error.code?.startsWith("ERR_PARSE_ARGS") ? 2 : 1;
});
