import process from "node:process";
import { findSources, findTests } from "./scope.mjs";

const CACHE = "node_modules/.cache/mutation";

export default {
  packageManager: "npm",
  testRunner: "mocha",
  coverageAnalysis: "perTest",
  // What runs once, while a file loads, needs a new process and all tests per mutant: 5 % of the mutants, half of the time.
  ignoreStatic: process.env.MUTATION_STATIC === undefined,
  testRunnerNodeArgs: ["--import", "tsx"],
  mochaOptions: {
    config: "tests/mutation/mocharc.json",
    spec: findTests(),
  },
  mutate: findSources(),
  ignorePatterns: ["**", "!provider/**", "!sdk/**", "!tests/**", "tests/*/node_modules", "!*.json"],
  disableTypeChecks: false,
  checkers: [],
  concurrency: 2,
  timeoutMS: 10_000,
  timeoutFactor: 3,
  tempDirName: `${CACHE}/sandbox`,
  incremental: true,
  incrementalFile: `${CACHE}/result.json`,
  reporters: ["progress-append-only", "clear-text"],
  clearTextReporter: { allowColor: false, logTests: false, reportTests: false, reportMutants: false },
};
