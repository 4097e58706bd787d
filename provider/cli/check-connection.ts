import { decodeClaims } from "../api/caller";
import { WallarooError } from "../api/errors";
import { parseObject } from "../api/json";
import { ProxyError, findProxy, isLoopback } from "../api/proxy";
import type { Grant } from "../api/token";
import type { Look } from "./looks";

/** Above so many milliseconds two clocks are said to differ. */
const CLOCKS_DIFFER_MS = 30_000;

/** How requests leave this machine. Sends nothing. */
export const PROXY: Look = {
  id: "proxy",
  needs: [],
  look({ platform: { settings } }) {
    const ways = [settings.url, settings.authUrl].map((address) => describeWay(new URL(address)));
    const message = [...new Set(ways)].join("; ");
    if (process.env["NODE_TLS_REJECT_UNAUTHORIZED"] !== "0") return { status: "ok", message };
    const next =
      "Certificates are verified all the same: unset NODE_TLS_REJECT_UNAUTHORIZED, which has no effect here.";
    return { status: "note", message, next };
  },
};

function describeWay(url: URL): string {
  try {
    const proxy = findProxy(url);
    return proxy === undefined ? `none for ${url.host}` : `${proxy.host} for ${url.host}, from ${proxy.variable}`;
  } catch (error) {
    if (!(error instanceof ProxyError)) throw error;
    throw new WallarooError({
      kind: "badSettings",
      operation: "reach",
      who: url.host,
      words: error.message,
      next: "Correct it (a % in its password is written %25), or name the platform's host in NO_PROXY.",
    });
  }
}

/** Whether the platform answers at its address, and its certificate is trusted. Its first request needs no token. */
export const ADDRESS: Look = {
  id: "address",
  needs: ["proxy"],
  async look(looks) {
    const { url } = looks.platform.settings;
    const { status } = await looks.ask("GET", `${url}/v1/api/config`, { operation: "reach", who: url });
    const { protocol, hostname } = new URL(url);
    const cas = process.env["NODE_EXTRA_CA_CERTS"];
    const trusted = `by a trusted certificate${cas === undefined ? "" : ` (with the CAs of ${cas})`}`;
    const message = `${url} answers${protocol === "https:" ? ` over TLS, ${trusted}` : " in plain HTTP"}`;
    if (protocol === "http:" && !isLoopback(hostname)) {
      return { status: "note", message, next: "Passwords cross the network in the clear: use https:// if it can be." };
    }
    if (status === 200) return { status: "ok", message };
    const next = "If the next lines fail too, check wallaroo:url (WALLAROO_URL): something else may answer there.";
    return { status: "note", message: `${message}, with HTTP ${status} to GET /v1/api/config`, next };
  },
};

/** Whether a Keycloak with this realm answers. */
export const KEYCLOAK: Look = {
  id: "keycloak",
  needs: ["proxy"],
  async look(looks) {
    const { authUrl, realm } = looks.platform.settings;
    const url = `${authUrl}/realms/${encodeURIComponent(realm)}`;
    const { status, body } = await looks.ask("GET", url, { operation: "reach", who: authUrl });
    if (status === 200 && parseObject(body)["realm"] === realm) {
      return { status: "ok", message: `${authUrl} has the realm ${realm}` };
    }
    const next =
      "If signing in fails too, check wallaroo:authUrl (WALLAROO_AUTH_URL) and wallaroo:realm (WALLAROO_REALM).";
    const message = `${authUrl} does not show the realm ${realm} (HTTP ${status})`;
    return { status: "note", message, next };
  },
};

const WITH: Record<Grant["type"], string> = {
  token: "the given access token",
  refresh: "the given refresh token",
  password: "username and password",
  client: "the client's id and secret",
};

/** Whether the credentials are good. */
export const SIGN_IN: Look = {
  id: "sign-in",
  needs: ["keycloak"],
  async look({ platform: { settings, token } }) {
    const { grant, clientId } = settings;
    await token.get();
    const message = `signed in with ${WITH[grant.type]}, through the client ${clientId}`;
    if (grant.type === "token") {
      return {
        status: "note",
        message: `an access token is given, which lives for a minute or so`,
        next: "For more than a first look use a refresh token, username and password, or a client's id and secret.",
      };
    }
    if (grant.type === "refresh" && decodeClaims(grant.refreshToken)["typ"] === "Refresh") {
      const next = "`npx pulumi-wallaroo login` gets an offline token, which does not end with its session.";
      return { status: "note", message: `${message}, which ends with its session`, next };
    }
    return { status: "ok", message };
  },
};

/** How far the clocks of this machine and of the platform are apart. */
export const CLOCK: Look = {
  id: "clock",
  needs: ["address"],
  look({ aheadMs }) {
    if (aheadMs === undefined) return { status: "note", message: "no answer told the platform's time" };
    const seconds = Math.round(Math.abs(aheadMs) / 1000);
    const side = aheadMs < 0 ? "behind" : "ahead of";
    if (Math.abs(aheadMs) < CLOCKS_DIFFER_MS) {
      return { status: "ok", message: "the platform's clock and this machine's agree" };
    }
    return {
      status: "note",
      message: `the platform's clock is ${seconds} s ${side} this machine's`,
      next: "`expires` is decided by the platform's clock. Set the one that is wrong by NTP: certificates depend on it.",
    };
  },
};
