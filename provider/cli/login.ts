import { setTimeout as sleep } from "node:timers/promises";
import type { Command } from "commander";
import { signInByDevice, type DeviceCode, type DeviceTokens } from "../api/device";
import { WallarooError, cleanWords } from "../api/errors";
import { Secrets } from "../api/redact";
import { createTransport } from "../api/transport";
import { worded } from "../resource/failures";
import type { Settings } from "../settings";
import { NAMESPACE } from "../settings-table";
import { describeStack, runPulumi } from "./pulumi";
import { findSource, log, settingsOf, withStack, type CommandSource, type SettingsOptions } from "./settings";

const KEY = `${NAMESPACE}:refreshToken`;

interface LoginOptions extends SettingsOptions {
  print?: true;
}

/** `login`: signs in with a browser, for accounts behind single sign-on, and keeps an offline token. */
export function addLogin(program: Command): void {
  const command = program
    .command("login")
    .description(`sign in with a browser, and store an offline token as the secret ${KEY} of a stack`)
    .option("--print", "print the token on stdout instead, and nothing else there");
  withStack(command).action(async (options: LoginOptions) => {
    const isStored = options.print !== true;
    if (isStored && options.stack === undefined && options.config === undefined) {
      throw failure(
        "neither --stack nor --print is given",
        "Name the stack to store the token in, or have it printed.",
      );
    }
    // Before the user has anything to do: whatever keeps the token from being stored is likely to show here.
    const source = await findSource(options);
    const { refreshToken, isOffline, caller } = await signIn(settingsOf(withoutCredentials(source)));
    if (!isOffline) log.warn("Keycloak gave no offline token, so it ends with its session, after 30 minutes or so.");
    if (isStored) await store(refreshToken, options);
    else process.stdout.write(`${refreshToken}\n`);
    const name = cleanWords(caller.email ?? caller.username ?? caller.id ?? "an account that the tokens do not name");
    log.info(`Signed in as ${name}.${isStored ? ` The token is stored as ${KEY}, encrypted.` : ""}`);
    if (isStored && source.keys.includes("token")) log.warn(`${NAMESPACE}:token is set too, and comes before ${KEY}.`);
  });
}

/** All other settings, with a grant that is complete, as they are read before there is one. */
function withoutCredentials(source: CommandSource): CommandSource {
  const own: Record<string, string | undefined> = { [KEY]: "to-come", [`${NAMESPACE}:token`]: undefined };
  return { ...source, config: (key) => (key in own ? own[key] : source.config(key)) };
}

/** Shows address and code, and waits until the user is done there, the code expires, or Ctrl-C. */
async function signIn(settings: Settings): Promise<DeviceTokens> {
  const secrets = new Secrets();
  if (settings.clientSecret !== undefined) secrets.hide(settings.clientSecret);
  const stop = new AbortController();
  const onSignal = () => stop.abort();
  process.once("SIGINT", onSignal);
  try {
    return await signInByDevice({
      client: settings,
      secrets,
      transport: createTransport({ timeoutMs: settings.requestTimeoutMs, maxSockets: 1, secrets }),
      show,
      sleep: (ms) => sleep(ms, undefined, { signal: stop.signal }),
    });
  } catch (error) {
    if (stop.signal.aborted) throw failure("it was stopped", "Nothing was stored; the code is of no use any more.");
    throw worded(error, settings.names.inWords);
  } finally {
    process.off("SIGINT", onSignal);
  }
}

function show({ address, userCode, completeAddress, lifeMs }: DeviceCode): void {
  log.info(`Open ${address} in a browser, enter the code ${cleanWords(userCode)} and sign in.`);
  if (completeAddress !== undefined) log.info(`This address has the code in it: ${completeAddress}`);
  log.info(`Waiting for at most ${Math.ceil(lifeMs / 60_000)} minutes; Ctrl-C stops.`);
}

/** Over standard input: arguments are seen by every process of the machine. Pulumi encrypts it. */
async function store(refreshToken: string, options: SettingsOptions): Promise<void> {
  const about = { operation: "store", who: `the token in ${describeStack(options)}` };
  await runPulumi(["config", "set", "--secret", KEY], { ...about, of: options, input: refreshToken });
}

function failure(words: string, next: string): WallarooError {
  return new WallarooError({ kind: "notTried", operation: "sign in", who: "by a browser", words, next });
}
