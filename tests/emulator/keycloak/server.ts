import { spawn, type ChildProcess } from "node:child_process";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { lowPort } from "../port";
import { ensureKeycloak } from "./distribution";

/**
 * Longest time until a Keycloak that lives answers, in milliseconds; 18 to 80 s were seen on two cores. It is no measure
 * of anything: without an end the process that waits would outlive its tests.
 */
const READY_MS = 900_000;
/** Variables by which kc.sh would take another Java than the one on PATH, which was looked at, or other settings. */
const OWN_SETTINGS = /^(KC_.*|JAVA|JAVA_HOME|JAVA_OPTS.*)$/;

/** A Keycloak of our own, in memory, that ends with this process. */
export interface KeycloakServer {
  /** Base URL, `http://127.0.0.1:PORT/auth`. */
  authUrl: string;
  stop(): Promise<void>;
}

/** Account of the realm's bootstrap administrator. */
export const BOOTSTRAP = { username: "admin", password: "admin" };

/** For a life of a minute: without the second compiler and the threads of a collector, which pay off only later. */
const QUICK_START = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -XX:-UseG1GC";

/**
 * Starts Keycloak in its development mode and waits until it answers.
 *
 * @param isShort costs less CPU at its start and more under load for long, as in a benchmark
 */
export async function startKeycloak(log: (line: string) => void, isShort = false): Promise<KeycloakServer> {
  const home = await ensureKeycloak(log);
  const port = await lowPort();
  const args = [
    "start-dev",
    "--http-host=127.0.0.1",
    `--http-port=${port}`,
    "--http-relative-path=/auth",
    "--db=dev-mem",
  ];
  log("starting Keycloak");
  const child = spawn("bash", [path.join(home, "bin/kc.sh"), ...args], {
    // The management port would be the same for two at once; health checks are not used.
    env: {
      ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !OWN_SETTINGS.test(name))),
      KC_BOOTSTRAP_ADMIN_USERNAME: BOOTSTRAP.username,
      KC_BOOTSTRAP_ADMIN_PASSWORD: BOOTSTRAP.password,
      KC_CACHE: "local",
      JAVA_OPTS_KC_HEAP: "-Xms128m -Xmx768m",
      ...(isShort ? { JAVA_OPTS_APPEND: QUICK_START } : {}),
    },
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  let printed = "";
  const keep = (chunk: Buffer) => (printed = (printed + chunk.toString()).slice(-2000));
  child.stdout.on("data", keep);
  child.stderr.on("data", keep);
  let isGone = false;
  const gone = new Promise<void>((resolve) => child.once("exit", () => resolve())).then(() => void (isGone = true));
  const end = () => endGroup(child);
  process.once("exit", end);
  const authUrl = `http://127.0.0.1:${port}/auth`;
  const startedMs = performance.now();
  while (!(await answers(authUrl))) {
    if (isGone || performance.now() - startedMs > READY_MS) {
      end();
      throw new Error(`Could not start Keycloak: it printed "${printed.trim().split("\n").slice(-3).join(" ")}"`);
    }
    await sleep(500);
  }
  log(`Keycloak answers after ${Math.round((performance.now() - startedMs) / 1000)} s`);
  return {
    authUrl,
    async stop() {
      process.off("exit", end);
      end();
      await gone;
    },
  };
}

async function answers(authUrl: string): Promise<boolean> {
  // One that takes the connection and says nothing must not keep us from seeing that it has ended.
  return fetch(`${authUrl}/realms/master`, { signal: AbortSignal.timeout(5_000) }).then(
    (answer) => answer.ok,
    () => false,
  );
}

/** The script starts Java as a child of its own; the group ends both. */
function endGroup(child: ChildProcess): void {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
  } catch {
    // It is gone already.
  }
}
