import { Breaker } from "../../provider/api/breaker";
import { createClient } from "../../provider/api/client";
import { Secrets } from "../../provider/api/redact";
import { TokenSource, type Grant } from "../../provider/api/token";
import { createTransport } from "../../provider/api/transport";
import { createUsersApi, type UsersApi } from "../../provider/api/users";
import type { Platform } from "../emulator/platform";
import { OPERATOR } from "../emulator/seeds";

/** The provider's client of the API, against an emulated platform and as its operator unless told otherwise. */
export function openApi(
  platform: Platform,
  options: {
    grant?: Grant;
    clientId?: string;
    clientSecret?: string;
    timeoutMs?: number;
    maxRetries?: number;
    maxConcurrency?: number;
    nowMs?: () => number;
  } = {},
): UsersApi & { token: TokenSource } {
  const secrets = new Secrets();
  const transport = createTransport({ timeoutMs: options.timeoutMs ?? 5000, maxSockets: 8, secrets });
  const token = new TokenSource(
    {
      authUrl: `${platform.url}/auth`,
      realm: "master",
      clientId: options.clientId ?? "sdk-client",
      ...(options.clientSecret === undefined ? {} : { clientSecret: options.clientSecret }),
      grant: options.grant ?? { type: "password", username: OPERATOR.email, password: OPERATOR.password },
    },
    transport,
    secrets,
    options.nowMs,
  );
  const retry = { maxRetries: options.maxRetries ?? 2, maxElapsedMs: 10_000 };
  const client = createClient({
    url: platform.url,
    transport,
    token,
    secrets,
    breaker: new Breaker({ requestTimeoutMs: options.timeoutMs ?? 5000 }),
    retry,
    maxConcurrency: options.maxConcurrency ?? 8,
  });
  return { ...createUsersApi(client), token };
}
