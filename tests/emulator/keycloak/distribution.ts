import { execFile } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

const KEYCLOAK_VERSION = "26.4.0";
/** Java that Keycloak 26.4 needs at least. */
const OLDEST_JAVA = 17;

/** Why a Keycloak can't be run on this machine, or undefined. */
export async function findObstacle(): Promise<string | undefined> {
  const version = await run("java", ["-version"]).then(
    ({ stderr }) => Number(/version "(\d+)/.exec(stderr)?.[1] ?? 0),
    () => 0,
  );
  if (version < OLDEST_JAVA) return `there is no Java ${OLDEST_JAVA} on this machine`;
  if (fs.existsSync(homeFolder())) return undefined;
  return run("mvn", ["--version"]).then(
    () => undefined,
    () => "there is no Maven on this machine to fetch it with",
  );
}

/** The folder of an unpacked Keycloak; fetched once from Maven Central and kept in the user's cache folder. */
export async function ensureKeycloak(log: (line: string) => void): Promise<string> {
  const home = homeFolder();
  if (fs.existsSync(home)) return home;
  const draft = `${home}.${process.pid}.draft`;
  fs.mkdirSync(draft, { recursive: true });
  try {
    log(`fetching Keycloak ${KEYCLOAK_VERSION} (160 MB)`);
    const artifact = `org.keycloak:keycloak-quarkus-dist:${KEYCLOAK_VERSION}:zip`;
    await run("mvn", ["-q", "-B", "dependency:copy", `-Dartifact=${artifact}`, `-DoutputDirectory=${draft}`]);
    const zip = path.join(draft, `keycloak-quarkus-dist-${KEYCLOAK_VERSION}.zip`);
    // Every JDK has jar; unzip may be missing.
    await run("jar", ["xf", zip], { cwd: draft });
    fs.renameSync(path.join(draft, `keycloak-${KEYCLOAK_VERSION}`), home);
    return home;
  } finally {
    fs.rmSync(draft, { recursive: true, force: true });
  }
}

function homeFolder(): string {
  const base = process.env["XDG_CACHE_HOME"] || path.join(os.homedir(), ".cache");
  return path.join(base, "pulumi-wallaroo", `keycloak-${KEYCLOAK_VERSION}`);
}
