import { isRecord } from "../api/json";
import type { MemberInputs } from "../team/model";
import { PROPERTIES, profileProperties, type Profile } from "../user/properties";

/** What a roster says of one member: what a team takes for a member, but the password. */
export type RosterMember = Omit<MemberInputs, "password">;

/** The members of a roster, by canonical address. */
export type Roster = Record<string, RosterMember>;

/** One column of a roster: a column of a CSV file, a key of a member in YAML and JSON. */
export interface Column {
  /** How the cell of a CSV file is read: `list` and `roles` are separated by `;`. */
  cell: "text" | "flag" | "list" | "roles";
  /** The values that it may have, in JSON Schema. */
  schema: object;
}

const FLAG = { cell: "flag", schema: { type: "boolean" } } as const;
const TEXT = { cell: "text", schema: { type: "string" } } as const;
/** A value of a profile is a text or a flag. */
const PROFILE = Object.fromEntries(
  profileProperties().map(([name, { findProblem }]) => [name, findProblem(true) === undefined ? FLAG : TEXT]),
) as Record<keyof Profile, Column>;

/** Every column but `email`, in the order in which rosters are written. */
export const COLUMNS = {
  enabled: FLAG,
  expires: { cell: "text", schema: { type: "string", pattern: "^\\d{4}-\\d{2}-\\d{2}$" } },
  adopt: FLAG,
  onDestroy: choice("deactivate", "retain"),
  ...PROFILE,
  roles: { cell: "list", schema: { type: "array", items: { type: "string", minLength: 1 } } },
  requireReset: FLAG,
  handOver: TEXT,
  onSoleOwner: choice("warn", "refuse"),
  workspaces: {
    cell: "roles",
    schema: { type: "object", additionalProperties: { enum: ["OWNER", "COLLABORATOR"] } },
  },
} satisfies Record<keyof RosterMember, Column>;

export type ColumnName = keyof typeof COLUMNS;
export const COLUMN_NAMES = Object.keys(COLUMNS) as ColumnName[];

export function isColumn(name: string): name is ColumnName {
  return Object.hasOwn(COLUMNS, name);
}

function choice(...values: readonly string[]) {
  return { cell: "text", schema: { enum: values } } as const;
}

/** What is wrong with a value of a column, or undefined. */
export function findValueProblem(name: ColumnName, value: unknown): string | undefined {
  return name === "workspaces" ? findWorkspacesProblem(value) : PROPERTIES[name].findProblem(value);
}

function findWorkspacesProblem(value: unknown): string | undefined {
  if (!isRecord(value)) return 'must be roles by the name of the workspace, such as { forecasts: "COLLABORATOR" }';
  for (const [name, role] of Object.entries(value)) {
    if (name.trim() === "") return "must not have a workspace without a name";
    if (role !== "OWNER" && role !== "COLLABORATOR") {
      return `must have "OWNER" or "COLLABORATOR" for the workspace ${JSON.stringify(name)}`;
    }
  }
  return undefined;
}
