/** Calls `close` when this process ends, by itself or by a signal: an engine ends its plugins with SIGINT (read in its source). */
export function closeAtEnd(close: () => void): void {
  process.once("exit", close);
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.once(signal, () => {
      close();
      // Without this listener the signal does what it always did.
      process.kill(process.pid, signal);
    });
  }
}
