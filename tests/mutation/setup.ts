// Loaded before the tests that run against mutants. A property test tries the same values in each run, and fewer of
// them: a mutant is mostly seen at once or not at all, and thousands of mutants are tried.
import fc from "fast-check";

fc.configureGlobal({ seed: 1, numRuns: 25, interruptAfterTimeLimit: 400 });
