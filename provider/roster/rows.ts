/** Place in a text, both from 1. In a CSV file, the column is the number of the cell. */
export interface Place {
  line: number;
  column: number;
}

/** One thing that is wrong with a roster: a sentence without its full stop, and no value of a cell that may be a secret. */
export interface Problem {
  at: Place;
  words: string;
}

/** A value and the place at which it begins. */
export interface Cell {
  value: unknown;
  at: Place;
}

/** What a file says of one member, not checked yet. */
export interface Row {
  at: Place;
  /** As it is written; undefined if it is missing. */
  email: Cell | undefined;
  /** By the name of the column, known or not. The place of an unknown name, or of a doubled one, is that of the name. */
  cells: { name: string; nameAt: Place; cell: Cell }[];
}

/** What a format makes of a text. Without rows, if its problems are of a kind that others follow from. */
export interface Rows {
  rows: Row[];
  problems: Problem[];
}
