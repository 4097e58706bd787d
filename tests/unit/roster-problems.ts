import { expect } from "chai";
import { isWallarooError } from "../../provider/api/errors";
import { parseRoster } from "../../provider/roster/read";
import type { RosterFormat } from "../../provider/roster/roster";

/** The lines of what a roster is refused for, below the first one. Raises if it is read. */
export function problemsOf(text: string, format: RosterFormat): string[] {
  try {
    parseRoster(text, format);
  } catch (error) {
    if (!isWallarooError(error, "badInput")) throw error;
    const [first, ...lines] = error.message.split("\n");
    expect(first).to.match(/^Could not read the roster: it has \d+ problems?\. Correct the roster and run again\.$/);
    expect(lines.length).to.be.greaterThan(0);
    return lines.map((line) => line.trim());
  }
  throw new Error("the roster was read");
}
