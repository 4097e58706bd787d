import { connect } from "node:net";

/** Time between the end of a connection and the next one, in milliseconds: an address may accept and end one after the other. */
const AGAIN_MS = 50;

/**
 * Notices the death of the engine that started this process, by a connection to the engine's address: a killed engine ends no
 * plugin, and a shell between the two keeps the parent's id as it was (measured). The engine counts as gone when a
 * connection was open, has ended, and the next one is refused. An engine that only ends the connection, as a gRPC server
 * does after two minutes without a word (read in grpc-go), accepts the next one.
 *
 * Raises nothing, sends nothing, waits for nothing and does not keep the process alive. An address that can't be reached
 * from the beginning has no effect.
 */
export class Presence {
  #isGone = false;

  /**
   * @param address host and port, as the engine tells its plugins
   * @param onGone called once, when the engine is gone
   */
  constructor(
    address: string,
    private readonly onGone: () => void,
  ) {
    const [, host, port] = /^\[?(.+?)\]?:(\d{1,5})$/.exec(address) ?? [];
    if (host !== undefined && Number(port) < 65_536) this.#watch(host, Number(port), false);
  }

  get isGone(): boolean {
    return this.#isGone;
  }

  #watch(host: string, port: number, wasOpen: boolean): void {
    let isOpen = wasOpen;
    let isRefused = false;
    const socket = connect({ host, port });
    socket.unref();
    socket.on("connect", () => (isOpen = true));
    socket.on("error", (error: NodeJS.ErrnoException) => (isRefused = error.code === "ECONNREFUSED"));
    socket.on("close", () => {
      if (!isOpen) return;
      if (!isRefused) return void setTimeout(() => this.#watch(host, port, true), AGAIN_MS).unref();
      this.#isGone = true;
      this.onGone();
    });
    // The end of a connection is seen by reading from it.
    socket.resume();
  }
}
