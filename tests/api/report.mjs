// The types of what the package exports, as text: one report per entry, committed beside this file and compared by a test.
// `npm run api` writes them, for a change that is meant; `--print` prints them as JSON instead. Reads `dist/`.
// Plain JavaScript: the TypeScript loader of the tests would translate the compiler in api-extractor first.
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import process from "node:process";
import { CompilerState, Extractor, ExtractorConfig } from "@microsoft/api-extractor";

const FOLDER = import.meta.dirname;
const ROOT = path.resolve(FOLDER, "../..");
const MANIFEST = path.join(ROOT, "package.json");

function configOf(name, entry, folder) {
  const quiet = { default: { logLevel: "none" } };
  return ExtractorConfig.prepare({
    configObject: {
      projectFolder: ROOT,
      mainEntryPointFilePath: path.join(ROOT, entry),
      compiler: { tsconfigFilePath: path.join(ROOT, "tsconfig.build.json") },
      apiReport: { enabled: true, reportFileName: name, reportFolder: folder, reportTempFolder: folder },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
      newlineKind: "lf",
      messages: {
        extractorMessageReporting: { ...quiet, "ae-forgotten-export": { logLevel: "none", addToApiReportFile: true } },
        tsdocMessageReporting: quiet,
      },
    },
    packageJsonFullPath: MANIFEST,
  });
}

/** Raises when the declarations do not compile. A type that is used and not exported is named in the text. */
function reportOf(name, entry, folder, compilerState) {
  const messageCallback = (message) => {
    if (message.logLevel === "error") throw new Error(`Could not read the types of ${entry}: ${message.text}`);
    message.handled = true;
  };
  Extractor.invoke(configOf(name, entry, folder), { compilerState, localBuild: true, messageCallback });
  return fs.readFileSync(path.join(folder, `${name}.api.md`), "utf8");
}

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "pulumi-wallaroo-api-"));
try {
  const { name, exports } = JSON.parse(fs.readFileSync(MANIFEST, "utf8"));
  const entries = Object.entries(exports).flatMap(([key, { types }]) =>
    types === undefined ? [] : [{ report: [name, ...key.split("/").slice(1)].join("-"), types }],
  );
  const [first, ...others] = entries;
  // Compiled once for all of them.
  const additionalEntryPoints = others.map(({ types }) => path.join(ROOT, types));
  const state = CompilerState.create(configOf(first.report, first.types, folder), { additionalEntryPoints });
  const reports = entries.map(({ report, types }) => [`${report}.api.md`, reportOf(report, types, folder, state)]);
  if (process.argv.includes("--print")) process.stdout.write(JSON.stringify(Object.fromEntries(reports)));
  else for (const [file, text] of reports) fs.writeFileSync(path.join(FOLDER, file), text);
} finally {
  fs.rmSync(folder, { recursive: true });
}
