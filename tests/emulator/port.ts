import { randomInt } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:net";

/**
 * Ports that no system hands out by itself: what asks for any port, and every connection that goes out, gets a higher one
 * (from 32768 on Linux unless it was told otherwise, from 49152 elsewhere).
 */
const HIGHEST = Math.min(32_768, firstHandedOut()) - 1;
const LOWEST = Math.min(20_000, HIGHEST - 5_000);

function firstHandedOut(): number {
  try {
    const first = Number.parseInt(readFileSync("/proc/sys/net/ipv4/ip_local_port_range", "utf8"), 10);
    // Where nearly all ports are handed out there are none below; then it is by luck, as anywhere else.
    return first > 10_000 ? first : Infinity;
  } catch {
    return Infinity;
  }
}

/** Test processes that run at once, each with ports of its own: a server that stops for a while must not lose its own. */
const PROCESSES = 5;
const SIZE = Math.floor((HIGHEST + 1 - LOWEST) / PROCESSES);
/** Mocha numbers its processes from 0 when several run at once. */
const FIRST = LOWEST + SIZE * (Number(process.env["MOCHA_WORKER_ID"] ?? PROCESSES - 1) % PROCESSES);
/** One after the other, so that a port comes again only after all others. */
let chosen = randomInt(SIZE);

/**
 * Makes `server` listen at a port of 127.0.0.1 that stays its own when it stops listening for a while, and returns the
 * port. A port that the system chose is soon given to the next connection of any program, and can't be listened at again.
 *
 * Does not keep other programs from asking for that very port.
 */
export async function listenAtLowPort(server: Server): Promise<number> {
  for (;;) {
    const port = FIRST + ((chosen += 1) % SIZE);
    if (await listenAt(server, port)) return port;
  }
}

/** True once it listens, false where the port is another's. Any other error is thrown. */
export function listenAt(server: Server, port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const failed = (error: NodeJS.ErrnoException) => {
      server.off("listening", listens);
      if (error.code === "EADDRINUSE") resolve(false);
      else reject(error);
    };
    const listens = () => {
      server.off("error", failed);
      resolve(true);
    };
    server.once("error", failed).once("listening", listens).listen(port, "127.0.0.1");
  });
}

/** A port for a program of its own that is told where to listen. */
export async function lowPort(): Promise<number> {
  const server = createServer();
  const port = await listenAtLowPort(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
}
