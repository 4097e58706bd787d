import { execFileSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { lowPort } from "../emulator/port";

/** A PostgreSQL of our own, as a backend that a team shares. */
export interface Postgres {
  /** For PULUMI_BACKEND_URL. */
  url: string;
  stop(): void;
}

/** Why there can be none on this machine, or undefined. */
export function findPostgresObstacle(): string | undefined {
  try {
    execFileSync(path.join(binaries(), "initdb"), ["--version"], { stdio: "ignore" });
  } catch {
    return "there is no PostgreSQL on this machine";
  }
  // It refuses to run as root, and needs another account of the system.
  return process.getuid?.() === 0 && owner() === undefined ? "there is no user to run PostgreSQL as" : undefined;
}

export async function startPostgres(): Promise<Postgres> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "pulumi-wallaroo-postgres-"));
  const data = path.join(folder, "data");
  const user = process.getuid?.() === 0 ? owner() : undefined;
  if (user !== undefined) fs.chownSync(folder, user.uid, user.gid);
  const port = await lowPort();
  // No locale that this machine lacks, and no setting of another PostgreSQL.
  const env = { PATH: process.env["PATH"], LC_ALL: "C" };
  const run = (program: string, ...args: string[]) =>
    execFileSync(path.join(binaries(), program), args, { cwd: folder, stdio: "ignore", env, ...user });
  run("initdb", "--no-locale", "-E", "UTF8", "-D", data, "-U", "pulumi", "-A", "trust");
  const options = `-p ${port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c fsync=off`;
  run("pg_ctl", "-D", data, "-w", "-t", "300", "-l", path.join(folder, "log"), "-o", options, "start");
  return {
    url: `postgres://pulumi@127.0.0.1:${port}/postgres?sslmode=disable`,
    stop() {
      run("pg_ctl", "-D", data, "-m", "immediate", "stop");
      fs.rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Debian keeps them out of PATH. */
function binaries(): string {
  const root = "/usr/lib/postgresql";
  const versions = fs.existsSync(root) ? fs.readdirSync(root).sort((a, b) => Number(a) - Number(b)) : [];
  const newest = versions.at(-1);
  return newest === undefined ? "" : path.join(root, newest, "bin");
}

function owner(): { uid: number; gid: number } | undefined {
  const line = /^postgres:[^:]*:(\d+):(\d+):/m.exec(fs.readFileSync("/etc/passwd", "utf8"));
  return line === null ? undefined : { uid: Number(line[1]), gid: Number(line[2]) };
}
