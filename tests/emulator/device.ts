import { randomBytes } from "node:crypto";
import type { TokenErrorBody } from "./backend";
import type { RouteAnswer } from "./backend";
import type { Account } from "./memory";

/** Life of a code in seconds; Keycloak's default. */
const LIFE_S = 600;
const LETTERS = "BCDFGHJKLMNPQRSTVWXZ";

interface Request {
  userCode: string;
  client: string;
  scope: string | undefined;
  endsAt: number;
  /** When it may be asked for again. */
  pollableAt: number;
  /** Who has signed in and is asked to consent, and the key of that page. */
  asked?: { account: Account; key: string };
  /** Undefined while it is pending, null when it was denied. */
  account?: Account | null;
}

/** What a device may have: the account that approved it, or why there is none. */
type Polled = { account: Account; scope: string | undefined } | { error: TokenErrorBody };

/** The OAuth device grant (RFC 8628) with Keycloak's words (26.4), and plain pages in place of Keycloak's. */
export class DeviceGrants {
  /** By device code. */
  readonly #requests = new Map<string, Request>();

  constructor(
    private readonly settings: {
      now: () => number;
      issuer: () => string;
      /** Seconds between two questions of a device. */
      deviceInterval: number;
    },
  ) {}

  /** Answers a client that is allowed to ask. */
  begin(client: string, scope: string | undefined): RouteAnswer {
    const { now, issuer, deviceInterval } = this.settings;
    const deviceCode = randomBytes(32).toString("base64url");
    const userCode = `${word()}-${word()}`;
    this.#requests.set(deviceCode, { userCode, client, scope, endsAt: now() + LIFE_S * 1000, pollableAt: 0 });
    const page = `${issuer()}/device`;
    const body = {
      device_code: deviceCode,
      user_code: userCode,
      verification_uri: page,
      verification_uri_complete: `${page}?user_code=${userCode}`,
      expires_in: LIFE_S,
      interval: deviceInterval,
    };
    return { status: 200, body };
  }

  /** A device asks whether it is approved. An approval serves once. */
  poll(client: string, deviceCode: string | undefined): Polled {
    if (deviceCode === undefined) return refuse("invalid_request", "Missing parameter: device_code");
    const request = this.#requests.get(deviceCode);
    if (request === undefined) return refuse("invalid_grant", "Device code not valid");
    if (request.client !== client) return refuse("invalid_grant", "unauthorized client");
    const { now, deviceInterval } = this.settings;
    const isEarly = now() < request.pollableAt;
    request.pollableAt = now() + deviceInterval * 1000;
    if (isEarly) return refuse("slow_down", "Slow down");
    if (now() >= request.endsAt) return refuse("expired_token", "Device code is expired");
    if (request.account === undefined) {
      return refuse("authorization_pending", "The authorization request is still pending");
    }
    if (request.account === null) return refuse("access_denied", "The end user denied the authorization request");
    this.#requests.delete(deviceCode);
    return { account: request.account, scope: request.scope };
  }

  /** The pages for the user: sign in, then consent. `find` answers the account of a name and password. */
  page(fields: Record<string, string>, find: (name: string, password: string) => Account | undefined): RouteAnswer {
    const { user_code: userCode = "", username, password, key } = fields;
    const request = [...this.#requests.values()].find((open) => open.userCode === userCode);
    const isOpen = request !== undefined && this.settings.now() < request.endsAt;
    if (request?.asked !== undefined && key === request.asked.key) {
      const { account } = request.asked;
      request.account = fields["accept"] === undefined ? null : account;
      return html(`<p>Device Login ${request.account === null ? "Failed" : "Successful"}</p>`);
    }
    if (username === undefined || password === undefined) return html(loginForm(userCode));
    if (!isOpen) return html("<p>Invalid code.</p>");
    const account = find(username, password);
    if (account === undefined) return html(`<p>Invalid username or password.</p>${loginForm(userCode)}`);
    request.asked = { account, key: randomBytes(16).toString("hex") };
    return html(consentForm(userCode, request.asked.key));
  }
}

function loginForm(userCode: string): string {
  const value = userCode.replace(/[^A-Z-]/g, "");
  return (
    `<form method="post" action="device"><label>Code <input name="user_code" type="${value === "" ? "text" : "hidden"}" ` +
    `value="${value}"></label> <label>Username or email <input name="username"></label> <label>Password ` +
    '<input name="password" type="password"></label> <button>Sign In</button></form>'
  );
}

function consentForm(userCode: string, key: string): string {
  return (
    `<form method="post" action="device"><input type="hidden" name="user_code" value="${userCode}">` +
    `<input type="hidden" name="key" value="${key}"> Grant access? ` +
    '<button name="accept" value="Yes">Yes</button> <button name="cancel" value="No">No</button></form>'
  );
}

function html(body: string): RouteAnswer {
  const text = `<!doctype html><title>Device Login</title>${body}`;
  return { status: 200, body: text, headers: { "content-type": "text/html; charset=utf-8" } };
}

function word(): string {
  return [...randomBytes(4)].map((byte) => LETTERS[byte % LETTERS.length]).join("");
}

function refuse(error: string, error_description: string): Polled {
  return { error: { error, error_description } };
}
