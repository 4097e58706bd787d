import { spawn, type ChildProcess } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
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

/** A Keycloak of our own that ends with this process, and keeps nothing. */
export interface KeycloakServer {
  /** Base URL, `http://127.0.0.1:PORT/auth`. */
  authUrl: string;
  stop(): Promise<void>;
}

/** Account of the realm's bootstrap administrator. */
export const BOOTSTRAP = { username: "admin", password: "admin" };

/** For a life of a minute: without the second compiler and the threads of a collector, which pay off only later. */
const QUICK_START = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -XX:-UseG1GC";

/** The file that H2 makes of a database of this name. */
const DATABASE = "keycloak.mv.db";

/**
 * Starts Keycloak in its development mode and waits until it answers.
 *
 * @param isShort costs less CPU at its start and more under load for long, as in a benchmark
 */
export async function startKeycloak(log: (line: string) => void, isShort = false): Promise<KeycloakServer> {
  const home = await ensureKeycloak(log);
  log("starting Keycloak");
  if (!isShort) return launch(home, log);
  const { database, archive } = await ensurePrepared(home, log);
  return startOnDatabase(home, log, `-XX:SharedArchiveFile=${archive}`, database);
}

/**
 * What a Keycloak leaves that was started once and never used: its database, as the tables and the realm `master` take half
 * of the CPU of a start, and Java's archive of the classes that it loaded, as to read these takes a quarter of the rest.
 * Made once per version, and kept beside the program. Java goes without an archive that is not there, or not its own.
 */
async function ensurePrepared(home: string, log: (line: string) => void) {
  const kept = { database: `${home}.${DATABASE}`, archive: `${home}.jsa` };
  if (fs.existsSync(kept.database)) return kept;
  log("starting Keycloak once to make its database");
  const draftOf = (file: string) => `${file}.${process.pid}.draft`;
  const files = [kept.archive, kept.database];
  try {
    // A Java whose own classes are in no archive refuses to make one.
    const server = await startOnDatabase(home, log, `-XX:ArchiveClassesAtExit=${draftOf(kept.archive)}`).catch(() =>
      startOnDatabase(home, log, ""),
    );
    await server.stop((made) => fs.copyFileSync(made, draftOf(kept.database)));
    for (const file of files) if (fs.existsSync(draftOf(file))) fs.renameSync(draftOf(file), file);
  } finally {
    for (const file of files) fs.rmSync(draftOf(file), { force: true });
  }
  return kept;
}

/** A Keycloak with a database in a file of its own, which begins as a copy of `database`. */
async function startOnDatabase(home: string, log: (line: string) => void, archive: string, database?: string) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "pulumi-wallaroo-keycloak-"));
  const file = path.join(folder, DATABASE);
  const remove = () => fs.rmSync(folder, { recursive: true, force: true });
  process.once("exit", remove);
  if (database !== undefined) fs.copyFileSync(database, file);
  const server = await launch(home, log, {
    args: [`--db-url=jdbc:h2:file:${file.replace(/\.mv\.db$/, "")};NON_KEYWORDS=VALUE`],
    env: { JAVA_OPTS_APPEND: `${QUICK_START} ${archive}` },
  });
  return {
    authUrl: server.authUrl,
    /** @param keep is given the database once it is closed; else Keycloak is killed */
    async stop(keep?: (file: string) => void) {
      await server.stop(keep === undefined ? "SIGKILL" : "SIGTERM");
      keep?.(file);
      process.off("exit", remove);
      remove();
    },
  };
}

async function launch(
  home: string,
  log: (line: string) => void,
  { args = [], env = {} }: { args?: string[]; env?: NodeJS.ProcessEnv } = {},
) {
  const port = await lowPort();
  const all = [
    "start-dev",
    "--http-host=127.0.0.1",
    `--http-port=${port}`,
    "--http-relative-path=/auth",
    // Also with a database in a file: this is an option of its build, and another one would build it anew.
    "--db=dev-mem",
    ...args,
  ];
  const child = spawn("bash", [path.join(home, "bin/kc.sh"), ...all], {
    // The management port would be the same for two at once; health checks are not used.
    env: {
      ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !OWN_SETTINGS.test(name))),
      KC_BOOTSTRAP_ADMIN_USERNAME: BOOTSTRAP.username,
      KC_BOOTSTRAP_ADMIN_PASSWORD: BOOTSTRAP.password,
      KC_CACHE: "local",
      JAVA_OPTS_KC_HEAP: "-Xms128m -Xmx768m",
      ...env,
    },
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  let printed = "";
  const keep = (chunk: Buffer) => (printed = (printed + chunk.toString()).slice(-2000));
  child.stdout.on("data", keep);
  child.stderr.on("data", keep);
  let isGone = false;
  // Not the end of the script: Java lives on while it closes its database.
  const gone = new Promise<void>((resolve) => child.once("close", () => resolve())).then(() => void (isGone = true));
  const end = (signal: NodeJS.Signals) => endGroup(child, signal);
  const kill = () => end("SIGKILL");
  process.prependOnceListener("exit", kill);
  const authUrl = `http://127.0.0.1:${port}/auth`;
  const startedMs = performance.now();
  while (!(await answers(authUrl))) {
    if (isGone || performance.now() - startedMs > READY_MS) {
      kill();
      throw new Error(`Could not start Keycloak: it printed "${printed.trim().split("\n").slice(-3).join(" ")}"`);
    }
    await sleep(500);
  }
  log(`Keycloak answers after ${Math.round((performance.now() - startedMs) / 1000)} s`);
  return {
    authUrl,
    async stop(signal: NodeJS.Signals = "SIGKILL") {
      end(signal);
      await gone;
      process.off("exit", kill);
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
function endGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, signal);
  } catch {
    // It is gone already.
  }
}
