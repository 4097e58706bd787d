import * as pulumi from "@pulumi/pulumi";

/** True in a unit test of a program, after `pulumi.runtime.setMocks`: the SDK's monitor holds the mocks then. */
export function isMocked(): boolean {
  const { mocks } = (pulumi.runtime.getMonitor() ?? {}) as { mocks?: { call?: unknown } };
  return typeof mocks?.call === "function";
}

/** What the mocks' `call` answers for a function such as `wallaroo:index:getUser`. Raises what the SDK makes of its errors. */
export async function callMock(
  token: string,
  args: object,
  provider: pulumi.ProviderResource | undefined,
): Promise<Record<string, unknown>> {
  const answer: unknown = await pulumi.runtime.invoke(token, { ...args }, provider && { provider });
  return answer as Record<string, unknown>;
}
