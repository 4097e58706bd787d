import * as pulumi from "@pulumi/pulumi";
import { isWallarooError } from "../provider/api/errors";
import * as roster from "../provider/roster/read";
import type { WallarooTeamMember } from "./team";

/**
 * The `members` of a `WallarooTeam` from a file: `.yaml`, `.yml`, `.csv` or `.json`, in UTF-8. A relative path counts from
 * the program's working folder. Addresses are canonical, in the order of the file. Raises a RunError that lists every
 * problem of the file with its line and column: none of its members is answered then. Asks no platform.
 *
 * @example
 * ```typescript
 * import { readRoster, WallarooTeam } from "pulumi-wallaroo";
 *
 * new WallarooTeam("science", { members: readRoster("team.yaml") });
 * ```
 */
export function readRoster(path: string): Record<string, WallarooTeamMember> {
  return asRunError(() => roster.readRoster(path));
}

/** {@link readRoster} for text that is there already. */
export function parseRoster(text: string, format: "yaml" | "csv" | "json"): Record<string, WallarooTeamMember> {
  return asRunError(() => roster.parseRoster(text, format));
}

/** A RunError prints as its message, without a stack trace. */
function asRunError<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!isWallarooError(error)) throw error;
    throw new pulumi.RunError(error.message);
  }
}
