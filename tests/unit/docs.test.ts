import fs from "node:fs";
import path from "node:path";
import { expect } from "chai";
import { ERROR_KINDS } from "../../provider/api/errors";
import { GENERATED, generated } from "../docs/generate";
import { ROOT, findAnchors, findBlocks, findFirstCells, findLinks, findPages, readPage } from "../markdown";

const PAGES = findPages();

describe("the documentation", () => {
  it("has a README of at most 120 lines and 1,000 words", () => {
    const readme = readPage("README.md");
    expect(readme.trimEnd().split("\n").length).to.be.at.most(120);
    expect(readme.match(/\S+/g)).to.have.length.of.at.most(1000);
  });

  it("has no link that leads nowhere", () => {
    const broken: string[] = [];
    for (const page of PAGES) {
      for (const link of findLinks(page)) {
        if (/^(https?|mailto):/.test(link)) continue;
        const [file = "", anchor] = link.split("#");
        const target = file === "" ? page : path.posix.join(path.posix.dirname(page), decodeURIComponent(file));
        const isThere = fs.existsSync(path.join(ROOT, target));
        if (isThere && (anchor === undefined || findAnchors(target).has(anchor))) continue;
        broken.push(`${page}: ${link}`);
      }
    }
    expect(broken).to.deep.equal([]);
  });

  it("is reached from the README, every page of docs/ by one click", () => {
    const linked = findLinks("README.md").map((link) => link.split("#")[0]);
    // The registry of Pulumi has an entry page of its own, and the API reference an index.
    const pages = PAGES.filter((page) => /^docs\/[\w-]+\.md$/.test(page) && page !== "docs/_index.md");
    expect([...pages, "docs/api/README.md"].filter((page) => !linked.includes(page))).to.deep.equal([]);
    const reference = PAGES.filter((page) => page.startsWith("docs/api/") && page !== "docs/api/README.md");
    const named = findLinks("docs/api/README.md").map((link) => `docs/api/${link}`);
    expect(reference.filter((page) => !named.includes(page))).to.deep.equal([]);
  });

  it("names no npm script that is not there", () => {
    const { scripts } = JSON.parse(readPage("package.json")) as { scripts: Record<string, string> };
    const named = PAGES.flatMap((page) => [...readPage(page).matchAll(/\bnpm run (?:--silent )?([\w:]+)/g)]);
    expect(named).to.not.have.length(0);
    expect(named.map(([, name = ""]) => name).filter((name) => !Object.hasOwn(scripts, name))).to.deep.equal([]);
  });

  it("names the language of every block of code", () => {
    const unnamed = PAGES.flatMap(findBlocks).filter(({ language }) => language === "");
    expect(unnamed.map(({ page, line }) => `${page}:${line}`)).to.deep.equal([]);
  });

  for (const page of GENERATED) {
    it(`has in ${page} what \`npm run docs\` writes`, async () => {
      expect(readPage(page)).to.equal(await generated(page));
      expect(readPage(page)).to.include("<!-- begin ");
    });
  }
});

describe("an example", () => {
  const files = fs.readdirSync(path.join(ROOT, "examples"), { recursive: true, encoding: "utf8" });
  const own = files.filter((file) => !/node_modules|venv|sdks/.test(file)).map((file) => `examples/${file}`);
  const folders = own.filter((file) => path.basename(file) === "Pulumi.yaml").map((file) => path.posix.dirname(file));

  it("has all that it needs in its own folder", () => {
    const isThere = (file: string) => own.includes(file);
    const missing = folders.flatMap((folder) => {
      const needed = ["package.json", ...(isThere(`${folder}/index.ts`) ? ["tsconfig.json"] : [])];
      const lacks = needed.filter((name) => !isThere(`${folder}/${name}`)).map((name) => `${folder}/${name}`);
      const hasReadme = [folder, path.posix.dirname(folder)].some((place) => isThere(`${place}/README.md`));
      return hasReadme ? lacks : [...lacks, `${folder}/README.md`];
    });
    expect(folders).to.not.have.length(0);
    expect(missing).to.deep.equal([]);
  });

  it("reaches for nothing outside of its folder", () => {
    const code = own.filter((file) => /\.(ts|js|mjs|json|yaml|py)$/.test(file));
    expect(code.filter((file) => readPage(file).includes("../../"))).to.deep.equal([]);
  });

  it("is in the index of examples", () => {
    const links = findLinks("examples/README.md");
    const names = new Set(folders.map((folder) => folder.split("/")[1] ?? ""));
    expect([...names].filter((name) => !links.includes(name))).to.deep.equal([]);
  });
});

describe("docs/command.md", () => {
  it("has a row and a section for every command, and no other", () => {
    const names = [...sourceOf("provider/cli").matchAll(/\bprogram\s*\.command\("(\w+)"\)/g)].map(
      ([, name = ""]) => name,
    );
    const page = readPage("docs/command.md");
    const rows = [...page.matchAll(/^\| \[`(\w+)`\]\(#(\w+)\)/gm)].map(([, name]) => name);
    expect(names).to.not.have.length(0);
    expect(rows).to.have.members(names);
    expect(names.filter((name) => !page.includes(`\n## ${name}\n`))).to.deep.equal([]);
  });
});

describe("docs/troubleshooting.md", () => {
  const page = readPage("docs/troubleshooting.md");

  it("explains every kind of error, and no other", () => {
    const kinds = [...page.matchAll(/^Kind `(\w+)`/gm)].map(([, kind]) => kind);
    expect(kinds.sort()).to.deep.equal([...ERROR_KINDS].sort());
  });

  it("quotes messages as the code has them", () => {
    const code = sourceOf("provider") + sourceOf("sdk");
    const quoted = findFirstCells(page).flat();
    expect(quoted.length).to.be.at.least(ERROR_KINDS.length);
    // `...` stands for what differs from case to case.
    const parts = quoted.flatMap((message) => message.split("...").map((part) => part.trim()));
    expect(parts.filter((part) => !code.includes(part))).to.deep.equal([]);
  });
});

/** All TypeScript below a folder without its comments, with texts that go on in the next line put together. */
function sourceOf(folder: string): string {
  const files = fs.readdirSync(path.join(ROOT, folder), { recursive: true, encoding: "utf8" });
  return files
    .filter((file) => file.endsWith(".ts"))
    .map((file) => readPage(path.join(folder, file)))
    .join("\n")
    .replace(/\/\*\*.*?\*\/|^\s*\/\/.*?$/gms, "")
    .replace(/["'`] \+\s+["'`]/g, "");
}
