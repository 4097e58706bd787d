import * as pulumi from "@pulumi/pulumi";

/**
 * As `pulumi.runtime.setMocks`, for a test of what a program does that an engine runs: its monitor does not show that it
 * answers from mocks. With mocks in sight the lookups ask them and no platform.
 */
export async function setMonitor(mocks: pulumi.runtime.Mocks, project?: string): Promise<void> {
  await pulumi.runtime.setMocks(mocks, project);
  const monitor = pulumi.runtime.getMonitor() as unknown as Record<string, unknown>;
  const own = Object.assign(Object.create(Object.getPrototypeOf(monitor) as object) as typeof monitor, monitor);
  for (const name of ["invoke", "readResource", "registerResource", "registerResourceOutputs"]) {
    monitor[name] = (own[name] as (...args: unknown[]) => unknown).bind(own);
  }
  delete monitor["mocks"];
}
