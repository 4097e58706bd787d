import fs from "node:fs";
import path from "node:path";
import { expect } from "chai";
import ts from "typescript";
import { parseAllDocuments } from "yaml";
import { ROOT, findBlocks, findPages, readPage, type Block } from "../markdown";

const BLOCKS = findPages().flatMap(findBlocks);

/** Names of files that stand for blocks of these languages, which are compiled as in a program of a user. */
const ENDINGS: Record<string, string> = { typescript: ".ts", ts: ".ts", javascript: ".js", js: ".js" };

/** Files on disk, which all programs of blocks have in common: the types of the packages take longest to read. */
const parsed = new Map<string, ts.SourceFile | undefined>();

/** What the compiler says of the blocks, `page:line: message` each. They are modules of this very package, and see its build. */
function compile(blocks: readonly Block[]): string[] {
  const files = new Map(
    blocks.map((block) => [path.join(ROOT, `${block.page}-${block.line}${ENDINGS[block.language] ?? ""}`), block]),
  );
  const options: ts.CompilerOptions = {
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.NodeNext,
    moduleDetection: ts.ModuleDetectionKind.Force,
    strict: true,
    allowJs: true,
    checkJs: true,
    skipLibCheck: true,
    types: ["node"],
    noEmit: true,
  };
  const disk = ts.createCompilerHost(options);
  const host: ts.CompilerHost = {
    ...disk,
    fileExists: (name) => files.has(path.normalize(name)) || disk.fileExists(name),
    readFile: (name) => files.get(path.normalize(name))?.code ?? disk.readFile(name),
    getSourceFile: (name, language, ...others) => {
      const block = files.get(path.normalize(name));
      if (block !== undefined) return ts.createSourceFile(name, block.code, language);
      if (!parsed.has(name)) parsed.set(name, disk.getSourceFile(name, language, ...others));
      return parsed.get(name);
    },
  };
  const program = ts.createProgram([...files.keys()], options, host);
  return ts.getPreEmitDiagnostics(program).map(({ file, start = 0, messageText }) => {
    const block = file === undefined ? undefined : files.get(path.normalize(file.fileName));
    const line = (block?.line ?? 0) + (file?.getLineAndCharacterOfPosition(start).line ?? 0);
    return `${block?.page ?? file?.fileName}:${line}: ${ts.flattenDiagnosticMessageText(messageText, " ")}`;
  });
}

type Described = { inputProperties?: object; inputs?: { properties: object }; requiredInputs?: string[] };
const SCHEMA = JSON.parse(readPage("plugin/schema.json")) as {
  resources: Record<string, Described>;
  functions: Record<string, Described>;
};

/** What is wrong with a Pulumi program in YAML. */
function problemsOf({ resources = {}, variables = {} }: YamlProgram): string[] {
  const problems: string[] = [];
  const compare = (token: string, given: object, described: Described | undefined, known: object = {}) => {
    if (described === undefined) return problems.push(`there is no ${token}`);
    for (const name of Object.keys(given)) if (!Object.hasOwn(known, name)) problems.push(`${token} takes no ${name}`);
    for (const name of described.requiredInputs ?? [])
      if (!Object.hasOwn(given, name)) problems.push(`${token} needs ${name}`);
  };
  for (const { type, properties = {} } of Object.values(resources)) {
    if (!type.startsWith("wallaroo:")) continue;
    compare(type, properties, SCHEMA.resources[type], SCHEMA.resources[type]?.inputProperties);
  }
  for (const { "fn::invoke": call } of Object.values(variables)) {
    const described = call && SCHEMA.functions[call.function];
    if (call !== undefined) compare(call.function, call.arguments ?? {}, described, described?.inputs?.properties);
  }
  return problems;
}

interface YamlProgram {
  resources?: Record<string, { type: string; properties?: object }>;
  variables?: Record<string, { "fn::invoke"?: { function: string; arguments?: object } }>;
}

/** The programs in YAML: of the pages, and the examples. */
function yamlPrograms(): Block[] {
  const folders = fs.readdirSync(path.join(ROOT, "examples")).map((name) => `examples/${name}/Pulumi.yaml`);
  const examples = folders.filter((file) => fs.existsSync(path.join(ROOT, file)));
  return [
    ...BLOCKS.filter(({ language }) => language === "yaml"),
    ...examples.map((page) => ({ page, line: 1, language: "yaml", code: readPage(page) })),
  ];
}

describe("the code in the documentation", function () {
  this.timeout(120_000);

  it("compiles, every block in TypeScript and JavaScript", () => {
    const blocks = BLOCKS.filter(({ language }) => Object.hasOwn(ENDINGS, language));
    expect(blocks).to.have.length.of.at.least(6);
    expect(compile(blocks)).to.deep.equal([]);
  });

  it("does not compile when it names what the package does not have", () => {
    const block = (language: string, code: string) => ({ page: "docs/users.md", line: 1, language, code });
    const found = compile([
      block(
        "typescript",
        'import { WallarooUser } from "pulumi-wallaroo";\nnew WallarooUser("ann", { mail: "ann@example.com" });',
      ),
      {
        ...block("javascript", 'const { WallarooPerson } = require("pulumi-wallaroo");\nexports.a = WallarooPerson;'),
        line: 9,
      },
    ]);
    expect(found.join("\n"))
      .to.match(/docs\/users\.md:2: .*'mail'/)
      .and.match(/docs\/users\.md:9: .*WallarooPerson/);
  });

  for (const { page, line, code } of yamlPrograms()) {
    it(`holds a program in YAML that the plugin's schema allows: ${page}:${line}`, () => {
      for (const document of parseAllDocuments(code)) {
        expect(document.errors).to.deep.equal([]);
        expect(problemsOf(document.toJS() as YamlProgram)).to.deep.equal([]);
      }
    });
  }
});
