import type { Column } from "./columns";

/**
 * Cells of a CSV file. A backslash makes the next character an ordinary one: a separator in a name, a space at an end, and
 * the `=`, `+`, `-` or `@` at the start of a cell that a spreadsheet program would take for a formula.
 */

/** What a cell with text says, or the reason why it can't be read. */
export function readCell(text: string, kind: Column["cell"]): { value: unknown } | { problem: string } {
  if (/^(?:[^\\]|\\.)*\\$/s.test(text)) return { problem: "must not end with a single backslash" };
  if (kind === "text") return { value: plain(text) };
  if (kind === "flag") {
    const word = text.trim().toLowerCase();
    return { value: word === "true" ? true : word === "false" ? false : text };
  }
  const parts = (text.match(/(?:[^\\;]|\\.)+/gs) ?? []).filter((part) => part.trim() !== "");
  if (kind === "list") return { value: parts.map(plain) };
  const pairs = parts.map((part) => {
    const end = part.lastIndexOf("=");
    return end < 0 ? undefined : ([plain(part.slice(0, end)), part.slice(end + 1).trim()] as const);
  });
  if (pairs.includes(undefined)) return { problem: "must be of the form name=OWNER;name=COLLABORATOR" };
  const known = pairs.filter((pair) => pair !== undefined);
  const twice = known.find(([name], index) => known.findIndex((other) => other[0] === name) < index);
  if (twice !== undefined) return { problem: `must not name the workspace ${JSON.stringify(twice[0])} twice` };
  return { value: Object.fromEntries(known) };
}

/** The inverse of {@link readCell}; an empty list or map is the same as none. */
export function writeCell(value: unknown): string {
  const cell = textOf(value);
  return /^[=+\-@]/.test(cell) ? `\\${cell}` : cell;
}

function textOf(value: unknown): string {
  if (Array.isArray(value)) return value.map((part) => escaped(String(part))).join(";");
  if (typeof value === "string") return escaped(value);
  if (typeof value !== "object" || value === null) return String(value);
  const pairs = Object.entries(value).map(([name, role]) => `${escaped(name)}=${String(role)}`);
  return pairs.join(";");
}

/** Without the space at an end that is not escaped, and without the backslashes. */
function plain(text: string): string {
  const start = text.trimStart();
  const trimmed = start.trimEnd();
  const isEscaped = (/\\*$/.exec(trimmed)?.[0].length ?? 0) % 2 === 1;
  return (isEscaped ? start.slice(0, trimmed.length + 1) : trimmed).replace(/\\(.)/gs, "$1");
}

function escaped(text: string): string {
  return text.replace(/[\\;]|^\s|\s$/g, "\\$&");
}
