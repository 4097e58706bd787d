import type { BenchStack } from "./subject";

/** Accounts of a realm. */
export interface AccountCount {
  all: number;
  enabled: number;
}

/**
 * A stack whose phases count only if the accounts that they are to leave are there: all of them, less each tenth that an
 * update deactivates, and after a destroy none that is enabled. A phase that left others raises.
 *
 * @param count asks for the accounts of the realm, those that the stack did not make included
 * @param deletes a destroy leaves no account at all
 */
export async function checked(
  stack: BenchStack,
  { accounts, deletes, count }: { accounts: number; deletes: boolean; count: () => Promise<AccountCount> },
): Promise<BenchStack> {
  const before = await count();
  const due = { all: accounts, enabled: accounts };
  return {
    ...stack,
    async measure(phase) {
      const used = await stack.measure(phase);
      if (phase === "update of 10 %") due.enabled -= Math.ceil(accounts / 10);
      if (phase === "destroy") Object.assign(due, deletes ? { all: 0, enabled: 0 } : { enabled: 0 });
      const now = await count();
      const found = { all: now.all - before.all, enabled: now.enabled - before.enabled };
      const [is, should] = [found, due].map(({ all, enabled }) => `${all} accounts, ${enabled} of them enabled`);
      if (is !== should) throw new Error(`${phase} left ${is}, not ${should}`);
      return used;
    },
  };
}
