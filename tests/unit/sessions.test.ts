import { expect } from "chai";
import { isWallarooError } from "../../provider/api/errors";
import type { SessionsApi } from "../../provider/api/sessions";
import type { Exchange } from "../../provider/api/transport";
import { connect } from "../../provider/connect";
import { readSettings } from "../../provider/settings";
import { RunMemory } from "../../provider/user/run";

const offline = (clientId: unknown) => ({ clientId, additionalGrants: [{ key: "Offline Token" }] });
const own = { clientId: "a-website", grantedClientScopes: ["email"], additionalGrants: [] };

/** Keycloak, as far as sessions are ended; what it is asked, as method and the rest of the URL. */
function keycloak(answers: Record<string, { status?: number; body: unknown }>, config: Record<string, string> = {}) {
  const asked: string[] = [];
  const all: Record<string, string> = { "wallaroo:url": "https://x.example", "wallaroo:token": "t", ...config };
  const respond = ({ method = "POST", url }: Exchange) => {
    asked.push(`${method} ${url}`);
    const [, { status = 200, body }] = Object.entries(answers).find(([end]) => `${method} ${url}`.endsWith(end)) ?? [
      "",
      { status: 204, body: "" },
    ];
    const text = typeof body === "string" ? body : JSON.stringify(body);
    return Promise.resolve({ status, body: text, retryAfterMs: undefined });
  };
  const settings = readSettings({ config: (key) => all[key], env: {} });
  const log = { info: () => undefined, warn: () => undefined };
  const { sessions } = connect(settings, new RunMemory(), log, { transport: respond }).context;
  const end = () => (sessions as SessionsApi).end({ id: "an/id", email: "ann@example.com" });
  return { asked, end };
}

describe("the end of sessions", () => {
  const NONE = { "/consents": { body: [] }, "/sessions": { body: [] } };

  it("is asked for below the address and the realm of the settings", async () => {
    for (const [config, base] of [
      [{}, "https://x.example/auth/admin/realms/master"],
      [{ "wallaroo:realm": "a realm" }, "https://x.example/auth/admin/realms/a%20realm"],
      [{ "wallaroo:authUrl": "https://sso.example/kc/" }, "https://sso.example/kc/admin/realms/master"],
      [{ "wallaroo:authUrl": "https://sso.example" }, "https://sso.example/auth/admin/realms/master"],
    ] as [Record<string, string>, string][]) {
      const { asked, end } = keycloak(NONE, config);
      expect(await end()).to.equal(undefined);
      const user = `${base}/users/an%2Fid`;
      expect(asked).to.deep.equal([`POST ${user}/logout`, `GET ${user}/consents`, `GET ${user}/sessions`]);
    }
  });

  it("takes away offline sessions, with any number of clients of any name, and no consent of the account's own", async () => {
    const names = ["sdk-client", "https://b.example/x?y", "../a", "%2e%2e", "c"];
    const consents = { body: [own, ...names.map(offline), offline(undefined), { clientId: "no-grants" }] };
    const { asked, end } = keycloak({ "/consents": consents });
    expect(await end()).to.equal(undefined);
    const withdrawn = asked.filter((line) => line.startsWith("DELETE")).map((line) => line.split("/consents/")[1]);
    expect(withdrawn).to.deep.equal(names.map(encodeURIComponent));
    expect(asked).to.have.length(7);
  });

  it("is asked for with no name that would make another request of the path, such as the one that deletes the account", async () => {
    for (const name of ["..", ".", ""]) {
      const { asked, end } = keycloak({ ...NONE, "/consents": { body: [offline(name)] } });
      expect((await end())?.error.message).to.match(/a name in it can't be a part of a path/);
      expect(asked).to.have.length(2);
    }
  });

  it("is done if an offline session has ended by itself, or its client is gone", async () => {
    for (const error of ["Consent nor offline token not found", "Client not found"]) {
      const { end } = keycloak({
        ...NONE,
        "GET https://x.example/auth/admin/realms/master/users/an%2Fid/consents": { body: [offline("sdk-client")] },
        "/consents/sdk-client": { status: 404, body: { error } },
      });
      expect(await end(), error).to.equal(undefined);
    }
  });

  it("is refused by what is not a list, or not Keycloak", async () => {
    for (const answers of [
      { "/consents": { body: "" } },
      { "/consents": { body: { users: {} } } },
      { "/consents": { body: ["sdk-client"] } },
      { ...NONE, "/logout": { body: {} } },
      { ...NONE, "/logout": { body: "<html></html>" } },
      { ...NONE, "/sessions": { body: "null" } },
    ]) {
      const refused = await keycloak(answers).end();
      expect(refused?.isGone).to.equal(false);
      expect(isWallarooError(refused?.error, "notFound")).to.equal(true);
      expect(refused?.error.message).to.match(
        /^Could not end the sessions of ann@example\.com: the answer is not what the API promises: .* wallaroo:authUrl/,
      );
    }
  });

  it("fails if the sign-in does", async () => {
    const config = { "wallaroo:username": "me", "wallaroo:password": "p", "wallaroo:token": "" };
    const { asked, end } = keycloak({ "/token": { body: "<html></html>" } }, config);
    const failure: unknown = await end().catch((error: unknown) => error);
    expect(String(failure)).to.match(/Could not sign in as me/);
    expect(asked).to.have.length(1);
  });

  it("tells an account that is gone from a missing API", async () => {
    for (const [error, isGone] of [
      ["User not found", true],
      ["HTTP 404 Not Found", false],
      ["Realm not found.", false],
    ] as const) {
      const refused = await keycloak({ "/logout": { status: 404, body: { error } } }).end();
      expect(refused).to.include({ isGone });
      expect(refused?.error.kind).to.equal("notFound");
    }
  });
});
