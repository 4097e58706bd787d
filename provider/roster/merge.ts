import { isDeepStrictEqual } from "node:util";
import type * as YAML from "yaml";
import { isRecord } from "../api/json";
import { canonicalEmail } from "../user/email";
import { hasExpired } from "../user/expiry";
import { profileOf } from "../user/properties";
import { readCell, writeCell } from "./cells";
import { COLUMN_NAMES, isColumn, type ColumnName, type Roster, type RosterMember } from "./columns";
import { quoted, recordsOfCsv, separatorOf } from "./csv";
import { membersOf, type RosterFormat } from "./roster";

/** A roster with what the platform says put into it. */
export interface Merged {
  /** The same text when nothing changes. */
  text: string;
  members: Roster;
  /** A line per member that is added or changed. */
  changes: string[];
  /** Addresses that only the roster has. They stay in it. */
  others: string[];
}

/** What is put into members that the roster has already. */
interface Edit {
  email: string;
  values: Partial<RosterMember>;
}

/**
 * Puts what the platform says into the text of a roster, and keeps its order, its comments, and what it says besides: a
 * member is never taken out, and nothing but `enabled`, profile and workspaces is changed. One whose `expires` is over
 * keeps its `enabled`, so that a later day activates it again. Raises `badInput` for a roster that can't be read.
 *
 * @param accounts by canonical address, in the order in which they are added
 * @param today the day on the platform (UTC), as `YYYY-MM-DD`
 */
export function mergeRoster(text: string, format: RosterFormat, who: string, accounts: Roster, today: string): Merged {
  const before = membersOf(text, format, who);
  const edits: Edit[] = [];
  const added: Roster = Object.create(null) as Roster;
  const changes: string[] = [];
  for (const [email, account] of Object.entries(accounts)) {
    const member = Object.hasOwn(before, email) ? before[email] : undefined;
    if (member === undefined) {
      added[email] = account;
      changes.push(`+ ${email}: ${JSON.stringify(account)}`);
      continue;
    }
    const values = differenceOf(member, account, today);
    if (Object.keys(values).length === 0) continue;
    edits.push({ email, values });
    const words = Object.entries(values).map(
      ([name, value]) => `${name} ${shown(member[name as ColumnName])} -> ${shown(value)}`,
    );
    changes.push(`~ ${email}: ${words.join(", ")}`);
  }
  const changed = edits.map(({ email, values }) => [email, { ...before[email], ...values }] as const);
  const members = { ...before, ...Object.fromEntries(changed), ...added };
  const others = Object.keys(before).filter((email) => !Object.hasOwn(accounts, email));
  if (changes.length === 0) return { text, members, changes, others };
  const mark = text.startsWith("\ufeff") ? "\ufeff" : "";
  const content = text.slice(mark.length);
  const end = content.includes("\r\n") ? "\r\n" : "\n";
  const written = mark + edited(content, format, { edits, added }, end);
  if (!isDeepStrictEqual(membersOf(written, format, who), members)) {
    throw new Error(`${who} would not be read as what was put into it`);
  }
  return { text: written, members, changes, others };
}

interface Edits {
  edits: readonly Edit[];
  added: Roster;
}

/** The text with these line ends. A cell of CSV may hold others, which are a part of it. */
function edited(text: string, format: RosterFormat, edits: Edits, end: string): string {
  if (format === "csv") return editCsv(text, edits, end);
  return (format === "json" ? editJson : editYaml)(text, edits).replace(/\r?\n/g, end);
}

function shown(value: unknown): string {
  return JSON.stringify(value) ?? "nothing";
}

function differenceOf(member: RosterMember, account: RosterMember, today: string): Partial<RosterMember> {
  const { enabled = true, workspaces } = account;
  const profile = profileOf((name) => (account[name] === member[name] ? undefined : account[name]));
  const values: Partial<RosterMember> = {};
  if (enabled !== (member.enabled ?? true) && !(enabled === false && hasExpired(member, today))) {
    values.enabled = enabled;
  }
  Object.assign(values, profile);
  const both = { ...member.workspaces, ...workspaces };
  if (workspaces !== undefined && !isDeepStrictEqual(both, member.workspaces)) values.workspaces = both;
  return values;
}

function editYaml(text: string, { edits, added }: Edits): string {
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const { parseDocument, isMap, isScalar, visit } = require("yaml") as typeof YAML;
  const document = parseDocument(text, { uniqueKeys: false });
  const contents = document.contents as unknown as YAML.YAMLMap<YAML.Scalar, YAML.YAMLMap> | YAML.YAMLSeq<YAML.YAMLMap>;
  // A workspace named 7, true or 1e3 is found by its name as it is written, and written as that text.
  visit(document, {
    Pair: (_key, { key }) => void (isScalar(key) && Object.assign(key, { value: key.source ?? key.value })),
  });
  const isKeyed = isMap(contents);
  const members = new Map<string, YAML.YAMLMap>();
  for (const item of contents.items as (YAML.Pair<YAML.Scalar, YAML.YAMLMap> | YAML.YAMLMap)[]) {
    const [email, member] = isMap(item) ? [item.get("email"), item] : [item.key.value, item.value];
    if (isScalar(email) || member === null) continue;
    members.set(canonicalEmail(String(email)), member);
  }
  // Text of several lines is quoted, see formatRoster.
  const created = (value: unknown) => {
    const node = document.createNode(value);
    visit(node, { Scalar: (_key, one) => void (/\n/.test(String(one.value)) && (one.type = "QUOTE_DOUBLE")) });
    return node;
  };
  for (const { email, values } of edits) {
    for (const [name, value] of Object.entries(values)) put(members.get(email), name, value);
  }
  function put(map: YAML.YAMLMap | undefined, name: string, value: unknown): void {
    const node = map?.get(name, true);
    // The comments in a map, and beside a value, stay.
    if (isMap(node) && isRecord(value)) for (const [key, part] of Object.entries(value)) put(node, key, part);
    else if (isScalar(node)) Object.assign(node, created(value));
    else map?.set(created(name), created(value));
  }
  for (const [email, member] of Object.entries(added)) {
    if (isKeyed) (contents as YAML.YAMLMap).set(email, created(member));
    else (contents as YAML.YAMLSeq).add(created({ email, ...member }));
  }
  const indent = /^( +)\S/m.exec(text)?.[1]?.length ?? 2;
  return document.toString({ lineWidth: 0, indent: Math.max(2, Math.min(indent, 8)) });
}

function editJson(text: string, { edits, added }: Edits): string {
  const contents = JSON.parse(text) as Record<string, object> | { email: string }[];
  const members = new Map(
    Array.isArray(contents)
      ? contents.map((member) => [canonicalEmail(member.email), member])
      : Object.entries(contents).map(([key, member]) => [canonicalEmail(key), member]),
  );
  for (const { email, values } of edits) Object.assign(members.get(email) ?? {}, values);
  for (const [email, member] of Object.entries(added)) {
    if (Array.isArray(contents)) contents.push({ email, ...member });
    else contents[email] = member;
  }
  const indent = /\n([ \t]+)\S/.exec(text)?.[1] ?? "";
  return JSON.stringify(contents, undefined, indent) + (/\s*$/.exec(text)?.[0] ?? "");
}

function editCsv(text: string, { edits, added }: Edits, end: string): string {
  const [header = [], ...records] = recordsOfCsv(text).records.map((record) => record.map((cell) => cell.text));
  const names = header.map((name) => name.trim());
  const needed = new Set([...edits.map(({ values }) => values), ...Object.values(added)].flatMap(Object.keys));
  const more = COLUMN_NAMES.filter((name) => needed.has(name) && !names.includes(name));
  const all = [...names, ...more];
  const column = all.indexOf("email");
  const byEmail = new Map(edits.map(({ email, values }) => [email, values]));
  const cellOf = (values: Partial<RosterMember>, name: string) =>
    isColumn(name) && values[name] !== undefined ? writeCell(values[name]) : undefined;
  const kept = records.map((record) => {
    const values = byEmail.get(emailIn(record[column] ?? "")) ?? {};
    return all.map((name, index) => cellOf(values, name) ?? record[index] ?? "");
  });
  const fresh = Object.entries(added).map(([email, member]) =>
    all.map((name) => (name === "email" ? writeCell(email) : (cellOf(member, name) ?? ""))),
  );
  const separator = separatorOf(text);
  const rows = [[...header, ...more], ...kept, ...fresh];
  return rows.map((row) => `${row.map(quoted).join(separator)}${end}`).join("");
}

function emailIn(cell: string): string {
  const read = readCell(cell, "text");
  return "value" in read ? canonicalEmail(String(read.value)) : "";
}
