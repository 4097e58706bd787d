// The reference of the package's API, made from its docstrings: `npm run docs` writes docs/api/ anew, and a test compares
// what this writes into the folder that it is given. Raises for a broken link, a type that is named and not exported, and
// an export without a docstring. Plain JavaScript: the loader of the tests would translate the compiler in typedoc first.
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import process from "node:process";
import { format } from "prettier";
import { Application } from "typedoc";
import { load } from "typedoc-plugin-markdown";

const ROOT = path.resolve(import.meta.dirname, "../..");
const [OUT = path.join(ROOT, "docs/api")] = process.argv.slice(2);

const OPTIONS = {
  entryPoints: [path.join(ROOT, "sdk/index.ts")],
  tsconfig: path.join(ROOT, "tsconfig.build.json"),
  plugin: [load],
  name: "API reference",
  readme: "none",
  disableSources: true,
  excludePrivate: true,
  excludeExternals: true,
  // The build does.
  skipErrorChecking: true,
  logLevel: "Warn",
  sort: ["source-order"],
  hidePageHeader: true,
  membersWithOwnFile: ["Class", "Interface"],
  flattenOutputFiles: true,
  validation: { invalidLink: true, notExported: true, notDocumented: true },
  requiredToBeDocumented: ["Class", "Interface", "TypeAlias", "Function", "Property", "Method"],
};

/** Writes the pages into a folder, as typedoc has them. */
async function write(folder) {
  const options = { ...OPTIONS, outputs: [{ name: "markdown", path: folder }] };
  const app = await Application.bootstrapWithPlugins(options);
  const project = await app.convert();
  if (project === undefined) throw new Error("Could not read the docstrings");
  app.validate(project);
  await app.generateOutputs(project);
  if (app.logger.hasErrors() || app.logger.hasWarnings()) throw new Error("The docstrings have the problems above");
}

/** Without what says nothing to a reader: what a member overrides, and the compiler's name for an output. */
function tidied(text) {
  return text
    .replace(/^#+ (Overrides|Inherited from)\n\n.*\n/gm, "")
    .replaceAll("`OutputInstance`", "`Output`")
    .replace(/\]\((Class|Interface)\./g, "](");
}

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "pulumi-wallaroo-reference-"));
try {
  await write(folder);
  fs.rmSync(OUT, { recursive: true, force: true });
  fs.mkdirSync(OUT);
  for (const file of fs.readdirSync(folder)) {
    const text = tidied(fs.readFileSync(path.join(folder, file), "utf8"));
    const page = await format(text, { parser: "markdown", printWidth: 120 });
    fs.writeFileSync(path.join(OUT, file.replace(/^(Class|Interface)\./, "")), page);
  }
} finally {
  fs.rmSync(folder, { recursive: true });
}
