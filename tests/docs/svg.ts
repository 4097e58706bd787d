/** Colours of the engine's output, by the code of its escape sequence (SGR). */
const COLOURS: Record<number, string> = {
  31: "#ff7b72",
  32: "#7ee787",
  33: "#e3b341",
  34: "#79c0ff",
  35: "#d2a8ff",
  36: "#76e3ea",
  91: "#ff7b72",
  92: "#7ee787",
  93: "#e3b341",
  94: "#79c0ff",
  95: "#d2a8ff",
  96: "#76e3ea",
};
const PLAIN = "#e6edf3";
const FAINT = "#8b949e";

/** Pixels per character and line, and around the text. */
const [WIDTH, HEIGHT, MARGIN] = [7.8, 18, 16];

/** A terminal's text, with its colours, as an SVG picture. Longer lines than `columns` characters go on in the next one. */
export function renderTerminal(text: string, title: string, columns = 110): string {
  const lines = text
    .trimEnd()
    .split("\n")
    .flatMap((line) => wrapped(spansOf(line), columns));
  const [width, height] = [Math.ceil(columns * WIDTH) + 2 * MARGIN, lines.length * HEIGHT + 2 * MARGIN];
  const rows = lines.map((spans, row) => {
    const y = MARGIN + HEIGHT * row + 13;
    const parts = spans.map(({ words, style }) => `<tspan ${style}>${escaped(words)}</tspan>`);
    return `<text x="${MARGIN}" y="${y}" xml:space="preserve">${parts.join("")}</text>`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img">`,
    `<title>${escaped(title)}</title>`,
    `<rect width="${width}" height="${height}" rx="8" fill="#0d1117"/>`,
    `<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, monospace" font-size="13">`,
    ...rows,
    "</g>",
    "</svg>",
    "",
  ].join("\n");
}

/** A part of a line in one style. */
interface Span {
  words: string;
  style: string;
}

function spansOf(line: string): Span[] {
  const spans: Span[] = [];
  let [fill, isBold] = [PLAIN, false];
  // eslint-disable-next-line no-control-regex
  for (const part of line.split(/(\u001b\[[\d;]*m)/)) {
    // eslint-disable-next-line no-control-regex
    const codes = /^\u001b\[([\d;]*)m$/.exec(part)?.[1];
    if (codes === undefined) {
      if (part !== "") spans.push({ words: part, style: `fill="${fill}"${isBold ? ' font-weight="bold"' : ""}` });
      continue;
    }
    const [first, kind, colour] = codes.split(";").map(Number);
    // One of 256 colours; the first sixteen are the usual ones.
    if (first === 38 && kind === 5 && colour !== undefined)
      fill = COLOURS[colour < 8 ? 30 + colour : 82 + colour] ?? FAINT;
    else if (first === 1) isBold = true;
    else if (first === undefined || first === 0) [fill, isBold] = [PLAIN, false];
    else fill = COLOURS[first] ?? fill;
  }
  return spans;
}

/** The line in pieces of at most `columns` characters, cut between words. */
function wrapped(spans: readonly Span[], columns: number): Span[][] {
  const lines: Span[][] = [[]];
  let room = columns;
  for (const { words, style } of spans) {
    for (const word of words.split(/(?<=\s)/)) {
      if (word.trimEnd().length > room && room < columns) {
        lines.push([]);
        room = columns;
      }
      const line = lines.at(-1);
      const last = line?.at(-1);
      if (last?.style === style) last.words += word;
      else line?.push({ words: word, style });
      room -= word.length;
    }
  }
  return lines;
}

/** As text in XML. */
export function escaped(text: string): string {
  return text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
}
