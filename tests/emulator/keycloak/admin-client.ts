import type { TokenResponse } from "../../../provider/api/wire";
import { StoreError } from "../backend";
import { exchange, type Answer } from "./exchange";
import { BOOTSTRAP } from "./server";

/** Keycloak's admin API as its bootstrap administrator. Paths begin below the realm `master`, or below `base`. */
export class AdminClient {
  #token: Promise<string> | undefined;
  #tokenUntilMs = Infinity;

  /** `authUrl` is Keycloak's base, `http://host/auth`. */
  constructor(
    private readonly authUrl: string,
    private readonly base = "/admin/realms/master",
  ) {}

  /** The JSON of an answer; undefined when it has no body. Raises {@link StoreError} for what the request caused. */
  async ask<T>(method: string, path: string, body?: unknown): Promise<T> {
    const answer = await this.send(method, path, body);
    if (answer.status >= 300) throw unexpected(answer);
    return (answer.text === "" ? undefined : JSON.parse(answer.text)) as T;
  }

  /** The answer, whatever its status. Signs in again if the session was ended past this client. */
  async send(method: string, path: string, body?: unknown): Promise<Answer> {
    const token = this.#freshToken();
    const answer = await this.#sendAs(await token, method, path, body);
    if (answer.status !== 401) return answer;
    if (this.#token === token) this.forget();
    return this.#sendAs(await this.#freshToken(), method, path, body);
  }

  /** All that is sent before a sign-in has ended waits for the same token. */
  #freshToken(): Promise<string> {
    if (this.#token === undefined || performance.now() > this.#tokenUntilMs) this.#token = this.#signIn();
    return this.#token;
  }

  #sendAs(token: string, method: string, path: string, body: unknown): Promise<Answer> {
    return exchange(`${this.authUrl}${this.base}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  }

  /** The next request signs in again. */
  forget(): void {
    this.#token = undefined;
  }

  async #signIn(): Promise<string> {
    this.#tokenUntilMs = Infinity;
    const askedMs = performance.now();
    try {
      const answer = await exchange(`${this.authUrl}/realms/master/protocol/openid-connect/token`, {
        method: "POST",
        body: new URLSearchParams({ grant_type: "password", client_id: "admin-cli", ...BOOTSTRAP }),
      });
      if (answer.status !== 200) throw unexpected(answer);
      const { access_token, expires_in } = JSON.parse(answer.text) as TokenResponse;
      this.#tokenUntilMs = askedMs + expires_in * 500;
      return access_token;
    } catch (error) {
      this.forget();
      throw error;
    }
  }
}

/** What an answer that is none of those hoped for amounts to. */
export function unexpected({ status, text, path }: Answer): Error {
  const words = /"errorMessage":\s*"([^"]*)"/.exec(text)?.[1] ?? `HTTP ${status}`;
  if (status === 409) return new StoreError("duplicate", words);
  if (status === 400) return new StoreError("illFormed", words);
  if (status === 404) return new StoreError("unknown", "User not found");
  return new Error(`Keycloak answered ${status} to ${path}: ${text}`);
}
