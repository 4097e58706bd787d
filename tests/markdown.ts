import fs from "node:fs";
import path from "node:path";

export const ROOT = path.resolve(__dirname, "..");

/** Folders of the checkout that hold no page of its own. */
const FOREIGN = new Set(["node_modules", "dist", ".git", "fixtures"]);

/** Every Markdown page of the checkout, named from its root. Not the API reports, which are code. */
export function findPages(folder = ""): string[] {
  return fs
    .readdirSync(path.join(ROOT, folder), { withFileTypes: true })
    .filter(({ name }) => !FOREIGN.has(name))
    .flatMap((entry) => {
      const place = path.posix.join(folder, entry.name);
      if (entry.isDirectory()) return findPages(place);
      return entry.name.endsWith(".md") && !entry.name.endsWith(".api.md") ? [place] : [];
    });
}

export function readPage(page: string): string {
  return fs.readFileSync(path.join(ROOT, page), "utf8");
}

/** A fenced block of code. */
export interface Block {
  page: string;
  /** Of the first line of code, from 1. */
  line: number;
  language: string;
  code: string;
}

export function findBlocks(page: string): Block[] {
  const text = readPage(page);
  return [...text.matchAll(/^```(\w*)\n(.*?)^```$/gms)].map(({ index, 1: language = "", 2: code = "" }) => ({
    page,
    line: text.slice(0, index).split("\n").length + 1,
    language,
    code,
  }));
}

function withoutCode(text: string): string {
  return text.replace(/^```.*?^```$/gms, "").replace(/`[^`\n]*`/g, "");
}

/** What the links of a page lead to. */
export function findLinks(page: string): string[] {
  return linksIn(readPage(page));
}

export function linksIn(text: string): string[] {
  return [...withoutCode(text).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = ""]) => target);
}

/** The anchors of a page's headings, as GitHub makes them. */
export function findAnchors(page: string): Set<string> {
  const anchors = new Map<string, number>();
  const found = new Set<string>();
  for (const [, heading = ""] of readPage(page)
    .replace(/^```.*?^```$/gms, "")
    .matchAll(/^#+ (.*)$/gm)) {
    const anchor = heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, "")
      .replace(/\s/g, "-");
    const before = anchors.get(anchor) ?? 0;
    anchors.set(anchor, before + 1);
    found.add(before === 0 ? anchor : `${anchor}-${before}`);
  }
  return found;
}

/** The code spans of the first cell of every row of a text's tables, head and rule left out. */
export function findFirstCells(text: string): string[][] {
  const lines = text.split("\n");
  const isRule = (line = "") => /^\|[\s:|-]+\|$/.test(line);
  return lines
    .filter((line, index) => line.startsWith("|") && !isRule(line) && !isRule(lines[index + 1]))
    .map((line) => [...(line.split(/(?<!\\)\|/)[1] ?? "").matchAll(/`([^`]+)`/g)].map(([, code = ""]) => code));
}
