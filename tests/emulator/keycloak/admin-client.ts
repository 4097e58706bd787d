import type { TokenResponse } from "../../../provider/api/wire";
import { StoreError } from "../backend";
import { BOOTSTRAP } from "./server";

/** Keycloak's admin API of the realm `master`, as its bootstrap administrator. Paths begin below the realm. */
export class AdminClient {
  #token = "";
  #tokenUntilMs = 0;

  /** `authUrl` is Keycloak's base, `http://host/auth`. */
  constructor(private readonly authUrl: string) {}

  /** The JSON of an answer; undefined when it has no body. Raises {@link StoreError} for what the request caused. */
  async ask<T>(method: string, path: string, body?: unknown): Promise<T> {
    const answer = await this.send(method, path, body);
    if (!answer.ok) throw await unexpected(answer);
    const text = await answer.text();
    return (text === "" ? undefined : JSON.parse(text)) as T;
  }

  /** The answer, whatever its status. */
  async send(method: string, path: string, body?: unknown): Promise<Response> {
    if (performance.now() > this.#tokenUntilMs) {
      const askedMs = performance.now();
      const answer = await fetch(`${this.authUrl}/realms/master/protocol/openid-connect/token`, {
        method: "POST",
        body: new URLSearchParams({ grant_type: "password", client_id: "admin-cli", ...BOOTSTRAP }),
      });
      const { access_token, expires_in } = (await answer.json()) as TokenResponse;
      this.#token = access_token;
      this.#tokenUntilMs = askedMs + expires_in * 500;
    }
    return fetch(`${this.authUrl}/admin/realms/master${path}`, {
      method,
      headers: { authorization: `Bearer ${this.#token}`, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  }

  /** The next request signs in again. */
  forget(): void {
    this.#tokenUntilMs = 0;
  }
}

/** What an answer that is none of those hoped for amounts to. */
export async function unexpected(answer: Response): Promise<Error> {
  const text = await answer.text();
  const words = /"errorMessage":\s*"([^"]*)"/.exec(text)?.[1] ?? `HTTP ${answer.status}`;
  if (answer.status === 409) return new StoreError("duplicate", words);
  if (answer.status === 400) return new StoreError("illFormed", words);
  if (answer.status === 404) return new StoreError("unknown", "User not found");
  return new Error(`Keycloak answered ${answer.status} to ${new URL(answer.url).pathname}: ${text}`);
}
