import type * as YAML from "yaml";
import type { Cell, Place, Problem, Row, Rows } from "./rows";
import { findBadTokens } from "./tokens";

/**
 * The rows of a YAML file (1.2: `no` is text), or of a JSON file, which the parser of YAML reads as it tells places. Both
 * are members by address, or a list of members with `email`; beside addresses, `$schema` is for editors.
 */
export function rowsOfYaml(text: string, format: "YAML" | "JSON"): Rows {
  // Loaded when a roster is read: most programs and the provider's process never do.
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const yaml = require("yaml") as typeof YAML;
  const lines = new yaml.LineCounter();
  for (const { index } of `\n${text}`.matchAll(/\n/g)) lines.addNewLine(index);
  const refuse = (found: readonly { offset: number; words: string }[]): Rows => {
    return { rows: [], problems: found.map(({ offset, words }) => ({ at: placeOf(lines, offset), words })) };
  };
  const tokens = findBadTokens(yaml, text, format);
  if (tokens.length > 0) return refuse(tokens);
  const document = yaml.parseDocument(text, { version: "1.2", uniqueKeys: false, prettyErrors: false });
  const [error] = document.errors;
  if (error !== undefined) {
    // A piece of the file follows a word and a colon, or begins with a backslash. Advice to programmers follows a
    // semicolon.
    const words = `the file is not ${format}, or is cut: ${error.message.replace(/(?:\b:|;| \\).*/s, "")}`;
    return refuse([{ offset: error.pos[0], words }]);
  }
  const offset = format === "JSON" ? findJsonProblem(text) : undefined;
  if (offset !== undefined) return refuse([{ offset, words: "the file is not JSON" }]);
  return new Reader(yaml, lines).read(document.contents);
}

function placeOf(lines: YAML.LineCounter, offset: number): Place {
  const { line, col } = lines.linePos(offset);
  return { line, column: col };
}

/** Where the text stops being JSON, as far as the engine tells; its message would quote the file. */
function findJsonProblem(text: string): number | undefined {
  try {
    JSON.parse(text);
    return undefined;
  } catch (error) {
    return Number(/at position (\d+)/.exec(String(error))?.[1] ?? 0);
  }
}

/** Takes rows out of a document that is whole. */
class Reader {
  readonly #problems: Problem[] = [];

  constructor(
    private readonly yaml: typeof YAML,
    private readonly lines: YAML.LineCounter,
  ) {}

  read(contents: unknown): Rows {
    // Nothing but comments.
    if (contents === null) return { rows: [], problems: [] };
    const rows = this.yaml.isSeq(contents)
      ? contents.items.flatMap((item) => this.#listed(item))
      : this.#entries(contents, "the file must be members by address, or a list of members with email").flatMap(
          (entry) => (entry.name === "$schema" ? [] : this.#keyed(entry)),
        );
    return { rows, problems: this.#problems };
  }

  #listed(item: unknown): Row[] {
    const entries = this.#entries(item, "a member of the list must be an object with email");
    const email = entries.find(({ name }) => name === "email");
    const others = entries.filter(({ name }) => name !== "email");
    const twice = entries.filter((entry) => entry.name === "email" && entry !== email);
    for (const { nameAt } of twice) this.#problems.push({ at: nameAt, words: "email is there twice in one member" });
    if (!this.yaml.isMap(item)) return [];
    return [
      { at: this.#placeOf(item), email: email && this.#cell(email.node, email.nameAt), cells: this.#cells(others) },
    ];
  }

  #keyed({ name, nameAt, node }: Entry): Row[] {
    const words = `the member ${JSON.stringify(name)} must be an object of what is declared of it, {} at least`;
    const entries = this.#entries(node, words, nameAt);
    const doubled = entries.filter((entry) => entry.name === "email");
    for (const { nameAt: at } of doubled)
      this.#problems.push({ at, words: "email must not be given: the key is the address" });
    const others = entries.filter((entry) => entry.name !== "email");
    return [{ at: nameAt, email: { value: name, at: nameAt }, cells: this.#cells(others) }];
  }

  #cells(entries: readonly Entry[]): Row["cells"] {
    return entries.map(({ name, nameAt, node }) => ({ name, nameAt, cell: this.#cell(node, nameAt) }));
  }

  #cell(node: unknown, otherwise?: Place): Cell {
    return { value: this.#valueOf(node), at: this.#placeOf(node, otherwise) };
  }

  #valueOf(node: unknown): unknown {
    if (this.yaml.isScalar(node)) return node.value;
    if (this.yaml.isSeq(node)) return node.items.map((item) => this.#valueOf(item));
    if (!this.yaml.isMap(node)) return null;
    const entries = this.#entries(node, "");
    entries.forEach(({ name, nameAt }, index) => {
      if (entries.findIndex((other) => other.name === name) < index) {
        this.#problems.push({ at: nameAt, words: `${JSON.stringify(name)} is there twice` });
      }
    });
    return Object.fromEntries(entries.map(({ name, node: value }) => [name, this.#valueOf(value)]));
  }

  /** The entries of a map with keys that are text as they are written, such as `no` and `1`. */
  #entries(node: unknown, otherwise: string, at?: Place): Entry[] {
    if (!this.yaml.isMap(node)) {
      this.#problems.push({ at: this.#placeOf(node, at), words: otherwise });
      return [];
    }
    return node.items.flatMap(({ key, value }) => {
      const nameAt = this.#placeOf(key);
      const name = this.yaml.isScalar(key) ? (key.source ?? String(key.value)) : undefined;
      if (name !== undefined) return [{ name, nameAt, node: value }];
      this.#problems.push({ at: nameAt, words: "a key must be text" });
      return [];
    });
  }

  #placeOf(node: unknown, otherwise: Place = { line: 1, column: 1 }): Place {
    const offset = this.yaml.isNode(node) ? node.range?.[0] : undefined;
    return offset === undefined ? otherwise : placeOf(this.lines, offset);
  }
}

/** One entry of a map. */
interface Entry {
  name: string;
  nameAt: Place;
  node: unknown;
}
