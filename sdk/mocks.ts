import * as pulumi from "@pulumi/pulumi";

/**
 * True in a unit test of a program, after `pulumi.runtime.setMocks`: nothing is run by an engine, and no platform may be
 * asked. The SDK does not say so itself; its monitor of such a test holds the mocks, and that of an engine is a client.
 */
export function isMocked(): boolean {
  const { mocks } = (pulumi.runtime.getMonitor() ?? {}) as { mocks?: { call?: unknown } };
  return typeof mocks?.call === "function";
}

/**
 * What the `call` of the test's mocks answers for a function of this package, such as `wallaroo:index:getUser`. Raises
 * whatever the SDK makes of an error that is thrown there.
 */
export async function callMock(
  token: string,
  args: object,
  provider: pulumi.ProviderResource | undefined,
): Promise<Record<string, unknown>> {
  const given = args as Record<string, unknown>;
  return pulumi.runtime.invoke(token, given, provider === undefined ? {} : { provider }) as Promise<
    Record<string, unknown>
  >;
}
