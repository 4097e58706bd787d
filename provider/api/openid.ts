import type { Secrets } from "./redact";
import type { Exchange } from "./transport";

/** A client of a Keycloak realm; `authUrl` is Keycloak's base (`https://host/auth`). */
export interface OpenIdClient {
  authUrl: string;
  realm: string;
  clientId: string;
  /** Of a confidential client. */
  clientSecret?: string | undefined;
}

/** A form for one of the realm's OpenID Connect endpoints, such as `token`, from this client. */
export function openIdExchange(
  { authUrl, realm, clientId, clientSecret }: OpenIdClient,
  endpoint: string,
  form: Record<string, string>,
  secrets: Secrets,
  about: Pick<Exchange, "operation" | "who">,
): Exchange {
  const headers: Record<string, string> = {
    "content-type": "application/x-www-form-urlencoded",
    accept: "application/json",
  };
  const fields = { ...form };
  if (clientSecret === undefined) fields["client_id"] = clientId;
  else {
    // RFC 6749 2.3.1: both parts are form-encoded before they are joined.
    const pair = `${encodeURIComponent(clientId)}:${encodeURIComponent(clientSecret)}`;
    const basic = Buffer.from(pair).toString("base64");
    secrets.hide(basic);
    headers["authorization"] = `Basic ${basic}`;
  }
  return {
    url: `${authUrl}/realms/${encodeURIComponent(realm)}/protocol/openid-connect/${endpoint}`,
    headers,
    body: new URLSearchParams(fields).toString(),
    beforeSending: true,
    ...about,
  };
}
