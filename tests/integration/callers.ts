import type { Platform } from "../emulator/platform";

interface Answer {
  status: number;
  body: Record<string, unknown>;
}

/** Another client than ours: Node's own fetch and nothing else. */
export async function post(url: string, body: unknown, headers: Record<string, string> = {}): Promise<Answer> {
  const isForm = body instanceof URLSearchParams;
  const answer = await fetch(url, {
    method: "POST",
    headers: isForm ? headers : { "content-type": "application/json", ...headers },
    body: isForm ? body : typeof body === "string" ? body : JSON.stringify(body),
  });
  const text = await answer.text();
  return { status: answer.status, body: (text === "" ? {} : JSON.parse(text)) as Record<string, unknown> };
}

/** Asks the token endpoint of a platform, as `sdk-client` unless told otherwise. */
export function grant(
  platform: Pick<Platform, "url">,
  fields: Record<string, string>,
  headers?: Record<string, string>,
): Promise<Answer> {
  const url = `${platform.url}/auth/realms/master/protocol/openid-connect/token`;
  return post(url, new URLSearchParams({ client_id: "sdk-client", ...fields }), headers);
}

/** What a token says; nothing is verified. */
export function claimsOf(token: unknown): Record<string, unknown> {
  const payload = String(token).split(".")[1] ?? "";
  return JSON.parse(Buffer.from(payload, "base64url").toString()) as Record<string, unknown>;
}

/** Calls the API as an account that signs in with a password. */
export async function callerOf(platform: Pick<Platform, "url">, username: string, password: string) {
  const { body } = await grant(platform, { grant_type: "password", username, password });
  const authorization = `Bearer ${body["access_token"] as string}`;
  return (path: string, request: unknown) => post(`${platform.url}/v1/api/${path}`, request, { authorization });
}

export type AdminCaller = Awaited<ReturnType<typeof adminOf>>;

/** Calls Keycloak's admin API with a password, as the built-in administrator unless told otherwise. */
export async function adminOf(platform: Platform, username = "admin", password = "admin") {
  const { body } = await grant(platform, { grant_type: "password", username, password });
  const headers = { authorization: `Bearer ${body["access_token"] as string}`, "content-type": "application/json" };
  return async (method: string, path: string, request?: unknown) => {
    const answer = await fetch(`${platform.url}/auth/admin/realms/master/${path}`, {
      method,
      headers,
      ...(request === undefined ? {} : { body: typeof request === "string" ? request : JSON.stringify(request) }),
    });
    const text = await answer.text();
    const location = answer.headers.get("location");
    return {
      status: answer.status,
      body: text === "" ? "" : (JSON.parse(text) as unknown),
      ...(location === null ? {} : { location }),
    };
  };
}
