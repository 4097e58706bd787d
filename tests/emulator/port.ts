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

/** Ports of one process, and how many processes can have some. */
const SIZE = 200;
const PROCESSES = Math.floor((HIGHEST + 1 - LOWEST) / SIZE);
/** The first port of this process, once it has some. */
let first: Promise<number> | undefined;
/** One after the other, so that a port comes again only after all others. */
let chosen = 0;

/**
 * Takes the first free ports for this process: a server that stops for a while must not lose its port to another process,
 * of this checkout or another. One more server listens at the first of them until the process ends, in whatever way.
 */
async function takePorts(): Promise<number> {
  for (let process = 0; process < PROCESSES; process += 1) {
    const port = LOWEST + SIZE * process;
    if (await listenAt(createServer().unref(), port)) return port;
  }
  throw new Error(`${PROCESSES} processes have all ports from ${LOWEST} to ${HIGHEST}`);
}

/**
 * Makes `server` listen at a port of 127.0.0.1 that stays its own when it stops listening for a while, and returns the
 * port. A port that the system chose is soon given to the next connection of any program, and can't be listened at again.
 *
 * Does not keep programs other than these tests from asking for that very port.
 */
export async function listenAtLowPort(server: Server): Promise<number> {
  first ??= takePorts();
  for (;;) {
    chosen = (chosen % (SIZE - 1)) + 1;
    const port = (await first) + chosen;
    if (await listenAt(server, port)) return port;
  }
}

/** True once it listens, false if the port is another's. Any other error is thrown. */
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
