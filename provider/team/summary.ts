import { isWallarooError, messageOf, type WallarooError } from "../api/errors";

/** True for a member that was not begun, because others failed before. */
export function isNotTried(error: unknown): error is WallarooError {
  return isWallarooError(error, "notTried");
}

/** A line per failure, and one for all that were not tried. What is wrong with all of them is said once. */
export function reasonsOf(failures: readonly unknown[]): string[] {
  const notTried = failures.filter(isNotTried);
  const [first] = notTried;
  const failed = failures.filter((error) => !isNotTried(error)).map(messageOf);
  const who = notTried.length === 1 ? "1 member" : `${notTried.length} members`;
  return [...new Set([...failed, ...(first === undefined ? [] : [first.with({ operation: "begin", who }).message])])];
}

/** The first line about a team of which some members failed or were not tried. */
export function summaryOf(operation: string, team: string, failures: readonly unknown[], total: number): string {
  const notTried = failures.filter(isNotTried).length;
  const failed = failures.length - notTried;
  const people = failed === 1 ? "1 person failed" : `${failed} people failed`;
  const rest = notTried === 0 ? "" : `, not tried: ${notTried}`;
  return `Could not ${operation} everybody in ${team}: ${people} of ${total}${rest}.`;
}
