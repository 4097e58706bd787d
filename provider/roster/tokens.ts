import type * as YAML from "yaml";

/** A token that makes a text unreadable as a roster, before it is looked at as a whole. */
export interface BadToken {
  offset: number;
  words: string;
}

/** Deeper than any roster is nested. The parser is recursive, and a hostile file would end the process. */
const MAX_DEPTH = 32;
/** Wider than any roster is indented, in characters. */
const MAX_INDENT = 8 * MAX_DEPTH;

/** Tokens of YAML that a roster must not have, and why. An alias can make a small file a huge one. */
const REFUSED: Record<string, string> = {
  anchor: "an anchor (&name) is not read in a roster: write the value where it is needed",
  alias: "an alias (*name) is not read in a roster: write the value itself",
  tag: "a tag (!name) is not read in a roster",
  "directive-line": "a directive (%NAME) is not read in a roster",
};

const OF_JSON = new Set([
  ...["flow-map-start", "flow-map-end", "flow-seq-start", "flow-seq-end", "flow-error-end", "comma", "map-value-ind"],
  ...["space", "newline", "double-quoted-scalar", "scalar", "doc-mode"],
]);
/** What a value follows in JSON. The engine does not tell the place at which one is missing. */
const NEEDS_VALUE: Record<string, string> = { comma: "comma", "map-value-ind": "colon" };
const LITERAL = /^(?:true|false|null|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)$/;

/** In the order of the text; of JSON the first one, as others follow from it. */
export function findBadTokens(yaml: typeof YAML, text: string, format: "YAML" | "JSON"): BadToken[] {
  const found: BadToken[] = [];
  let [offset, depth, inLine] = [0, 0, 0];
  let before = "";
  let last = { type: "", offset: 0 };
  for (const lexeme of new yaml.Lexer().lex(text)) {
    const isScalar = before === SCALAR;
    const type = isScalar ? "plain" : (yaml.CST.tokenType(lexeme) ?? "error");
    if (type.endsWith("-start")) depth += 1;
    if (type.endsWith("-end")) depth -= 1;
    if (type === "newline") inLine = 0;
    if (type === "seq-item-ind" || type === "explicit-key-ind") inLine += 1;
    if (depth + inLine > MAX_DEPTH || (type === "space" && lexeme.length > MAX_INDENT)) {
      return [{ offset, words: "the file is nested or indented too deeply for a roster" }];
    }
    if (format === "YAML") {
      const words = REFUSED[type];
      if (words !== undefined) found.push({ offset, words });
    } else {
      const mark = type.endsWith("-end") || type === "comma" ? NEEDS_VALUE[last.type] : undefined;
      if (mark !== undefined) {
        return [{ offset: last.offset, words: `the file is not JSON: nothing follows this ${mark}` }];
      }
      if (isScalar ? !LITERAL.test(lexeme) : !OF_JSON.has(type)) {
        return [
          {
            offset,
            words: "the file is not JSON, or is cut: what begins here is neither text in double quotes nor a literal",
          },
        ];
      }
      if (type !== "space" && type !== "newline") last = { type, offset };
    }
    // The other marks of the lexer are not in the text either.
    if (isScalar || !MARKS.has(lexeme)) offset += lexeme.length;
    before = isScalar ? "" : lexeme;
  }
  return found;
}

/** The lexer's mark before a scalar without quotes. */
const SCALAR = "\u001f";
const MARKS = new Set([SCALAR, "\u0002", "\u0018"]);
