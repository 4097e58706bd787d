/**
 * Gives this process the environment back that it had. Variable by variable: another object in the place of `process.env` is
 * not seen by Node itself (`os.tmpdir()`, child processes) in the tests that run after.
 */
export function restoreEnvironment(before: NodeJS.ProcessEnv): void {
  for (const name of Object.keys(process.env)) if (!Object.hasOwn(before, name)) delete process.env[name];
  Object.assign(process.env, before);
}
