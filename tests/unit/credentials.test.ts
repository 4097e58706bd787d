import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { expect } from "chai";
import { isWallarooError, WallarooError } from "../../provider/api/errors";
import { readSettings, type Settings } from "../../provider/settings";

const URL = { WALLAROO_URL: "https://x.example" };

function read(env: NodeJS.ProcessEnv, config: Record<string, string> = {}): Settings {
  return readSettings({ config: (key) => config[key], env: { ...URL, ...env } });
}

function problemOf(env: NodeJS.ProcessEnv, config?: Record<string, string>): string {
  try {
    read(env, config);
  } catch (error) {
    if (isWallarooError(error, "badSettings")) return error.words;
    throw error;
  }
  throw new Error("nothing was raised");
}

describe("credentials that are set by half", () => {
  const missing = (set: string, unset: string) =>
    `Credentials are missing: ${set} is set without ${unset}; set wallaroo:username`;
  const [user, password] = ["wallaroo:username (WALLAROO_USER)", "wallaroo:password (WALLAROO_PASSWORD)"];
  const [client, secret] = ["wallaroo:clientId (WALLAROO_CLIENT_ID)", "wallaroo:clientSecret (WALLAROO_CLIENT_SECRET)"];

  it("are told which half is missing, wherever the other one is set", () => {
    expect(problemOf({ WALLAROO_USER: "ann" })).to.contain(missing(user, password));
    expect(problemOf({}, { "wallaroo:username": "ann" })).to.contain(missing(user, password));
    expect(problemOf({ WALLAROO_PASSWORD: "p" })).to.contain(missing(password, user));
    expect(problemOf({ WALLAROO_CLIENT_ID: "c" })).to.contain(missing(client, secret));
    expect(problemOf({ WALLAROO_CLIENT_SECRET: "c" })).to.contain(missing(secret, client));
    expect(problemOf({ WALLAROO_USER: "ann", WALLAROO_CLIENT_ID: "c" })).to.contain(missing(user, password));
    expect(problemOf({})).to.match(/^Credentials are missing: set wallaroo:username/);
  });

  it("of an explicit provider are called by the names of its inputs", () => {
    const config = { "wallaroo:url": "https://x.example", "wallaroo:username": "ann" } as Record<string, string>;
    expect(() => readSettings({ config: (key) => config[key], env: undefined })).to.throw(
      WallarooError,
      /missing: `username` of the WallarooProvider is set without `password` of the WallarooProvider; set/,
    );
  });

  it("are no problem where something else makes up a grant", () => {
    expect(read({ WALLAROO_USER: "ann", WALLAROO_TOKEN: "t" }).grant.type).to.equal("token");
    const client = { WALLAROO_CLIENT_ID: "c", WALLAROO_USER: "ann", WALLAROO_PASSWORD: "p" };
    expect(read(client).grant.type).to.equal("password");
  });
});

describe("the credentials file of the vendor's SDK", () => {
  let folder: string;
  beforeEach(() => (folder = fs.mkdtempSync(path.join(os.tmpdir(), "pulumi-wallaroo-"))));
  afterEach(() => fs.rmSync(folder, { recursive: true }));
  const holding = (content: unknown, more: NodeJS.ProcessEnv = {}) => {
    const file = path.join(folder, "creds.json");
    fs.writeFileSync(file, JSON.stringify(content));
    return { WALLAROO_SDK_CREDENTIALS: file, ...more };
  };
  const OF_ANN = { token: "abc.def\n", user_email: "ann@example.com", user_id: "1" };
  const BOTH = { ...OF_ANN, username: "ann@example.com", password: "p" };

  it("may hold a token instead of a password", () => {
    const byToken = { type: "token", token: "abc.def" };
    expect(read(holding(OF_ANN)).grant).to.deep.equal(byToken);
    expect(read(holding(OF_ANN, { WALLAROO_SDK_AUTH_TYPE: "token" })).grant).to.deep.equal(byToken);
    expect(read(holding(OF_ANN, { WALLAROO_USER: "ann@example.com" })).grant).to.deep.equal(byToken);
    expect(read(holding(BOTH, { WALLAROO_SDK_AUTH_TYPE: "token" })).grant).to.deep.equal(byToken);
  });

  it("is taken for name and password where it holds both, unless the token is asked for", () => {
    for (const type of [undefined, "user_password", "sso"]) {
      expect(read(holding(BOTH, { WALLAROO_SDK_AUTH_TYPE: type })).grant.type).to.equal("password");
    }
    const withoutToken = { username: "ann@example.com", password: "p" };
    expect(read(holding(withoutToken, { WALLAROO_SDK_AUTH_TYPE: "token" })).grant.type).to.equal("password");
  });

  it("lends its token to no other account", () => {
    for (const content of [OF_ANN, { token: "abc.def" }]) {
      expect(problemOf(holding(content, { WALLAROO_USER: "bob@example.com" }))).to.contain(
        "wallaroo:password (WALLAROO_PASSWORD), and the file that WALLAROO_SDK_CREDENTIALS names is not this account's; set",
      );
    }
  });

  it("is refused, and not quoted, where its token can't be one", () => {
    expect(problemOf(holding({ ...OF_ANN, token: "abc def" })))
      .to.match(/the token there can't be one/)
      .and.not.include("abc");
    expect(problemOf(holding({ ...OF_ANN, token: 7 }))).to.match(/or with a token; one of them is missing there/);
  });
});

describe("wallaroo:authUrl", () => {
  const authUrl = (WALLAROO_AUTH_URL: string) => read({ WALLAROO_AUTH_URL, WALLAROO_TOKEN: "t" }).authUrl;

  it("is understood with and without the /auth at its end, as the vendor's SDK takes it", () => {
    for (const text of [
      "https://kc.example/auth",
      "https://kc.example/auth/",
      "https://kc.example",
      "https://kc.example/",
    ]) {
      expect(authUrl(text), text).to.equal("https://kc.example/auth");
    }
    expect(authUrl("https://kc.example:8443")).to.equal("https://kc.example:8443/auth");
  });

  it("keeps another path, and names a Keycloak without a path by its /realms", () => {
    expect(authUrl("https://kc.example/keycloak/")).to.equal("https://kc.example/keycloak");
    expect(authUrl("https://kc.example/realms")).to.equal("https://kc.example");
    expect(authUrl("https://kc.example/auth/realms/")).to.equal("https://kc.example/auth");
  });
});
