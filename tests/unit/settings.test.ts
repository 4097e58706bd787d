import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { expect } from "chai";
import fc from "fast-check";
import { isWallarooError, WallarooError } from "../../provider/api/errors";
import { readSettings, type Settings } from "../../provider/settings";

const CREDENTIALS = { "wallaroo:username": "ann", "wallaroo:password": "s3cret-password" };
const MINIMUM = { "wallaroo:url": "https://example.wallaroo.ai", ...CREDENTIALS };

function read(config: Record<string, string>, env: NodeJS.ProcessEnv = {}): Settings {
  return readSettings({ config: (key) => config[key], env });
}

function problemsOf(config: Record<string, string>, env: NodeJS.ProcessEnv = {}): readonly string[] {
  try {
    read(config, env);
  } catch (error) {
    if (isWallarooError(error, "badSettings")) return error.words.split(/(?:^|\s)\(\d+\) /).filter(Boolean);
    throw error;
  }
  return [];
}

describe("the settings", () => {
  it("have the documented defaults", () => {
    const { names, ...settings } = read(MINIMUM);
    expect(names.inWords("wallaroo:realm")).to.equal("wallaroo:realm (WALLAROO_REALM)");
    expect(settings).to.deep.equal({
      url: "https://example.wallaroo.ai",
      authUrl: "https://example.wallaroo.ai/auth",
      realm: "master",
      clientId: "sdk-client",
      grant: { type: "password", username: "ann", password: "s3cret-password" },
      requestTimeoutMs: 45_000,
      maxRetries: 5,
      maxConcurrency: 8,
      protectedEmails: new Set(),
      endSessions: "auto",
    });
  });

  it("take one of the words that a choice has", () => {
    for (const word of ["auto", "required", "off"] as const) {
      expect(read({ ...MINIMUM, "wallaroo:endSessions": word }).endSessions).to.equal(word);
      expect(read(MINIMUM, { WALLAROO_END_SESSIONS: word }).endSessions).to.equal(word);
    }
    for (const word of ["true", "Auto", "no"]) {
      expect(problemsOf({ ...MINIMUM, "wallaroo:endSessions": word })).to.deep.equal([
        "wallaroo:endSessions (WALLAROO_END_SESSIONS) must be auto, required or off",
      ]);
    }
  });

  it("are taken from the environment where the configuration is silent, and configuration wins", () => {
    const env = {
      WALLAROO_URL: "https://env.example.com/",
      WALLAROO_USER: "eve",
      WALLAROO_PASSWORD: "p",
      WALLAROO_MAX_RETRIES: "2",
    };
    expect(read({}, env)).to.include({ url: "https://env.example.com", maxRetries: 2 });
    expect(read({ "wallaroo:url": "https://conf.example.com" }, env).url).to.equal("https://conf.example.com");
  });

  it("report every problem at once, naming key and variable", () => {
    const problems = problemsOf({ "wallaroo:maxRetries": "many", "wallaroo:requestTimeout": "-1" });
    expect(problems).to.have.length(4);
    expect(problems.join(" "))
      .to.match(/wallaroo:url \(WALLAROO_URL\)/)
      .and.match(/WALLAROO_MAX_RETRIES/);
    expect(problems.join(" "))
      .to.match(/WALLAROO_REQUEST_TIMEOUT/)
      .and.match(/WALLAROO_PASSWORD/);
  });

  it("choose a token before a refresh token before a password before the client itself", () => {
    const env = { WALLAROO_CLIENT_ID: "api-client", WALLAROO_CLIENT_SECRET: "c", WALLAROO_URL: "https://x.example" };
    const grant = (more: NodeJS.ProcessEnv) => read({}, { ...env, ...more }).grant.type;
    expect(grant({})).to.equal("client");
    expect(grant({ WALLAROO_USER: "u", WALLAROO_PASSWORD: "p" })).to.equal("password");
    expect(grant({ WALLAROO_USER: "u", WALLAROO_PASSWORD: "p", WALLAROO_REFRESH_TOKEN: "r" })).to.equal("refresh");
    expect(grant({ WALLAROO_REFRESH_TOKEN: "r", WALLAROO_TOKEN: "t" })).to.equal("token");
  });

  it("do not mix a complete configuration with a token that happens to be in the environment", () => {
    expect(read(MINIMUM, { WALLAROO_TOKEN: "of another platform" }).grant.type).to.equal("password");
  });

  it("take the client from the environment if the configuration names none, with any credentials", () => {
    const env = { WALLAROO_CLIENT_ID: "api-client", WALLAROO_CLIENT_SECRET: "c", WALLAROO_USER: "another" };
    expect(read(MINIMUM, env)).to.include({ clientId: "api-client", clientSecret: "c" });
    expect(read({ ...MINIMUM, "wallaroo:clientId": "own" }, env)).to.include({ clientId: "own" });
    expect(read(MINIMUM, env).grant).to.deep.equal(read(MINIMUM).grant);
  });

  it("read user and password from the file that the SDK reads", () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "pulumi-wallaroo-"));
    const file = path.join(folder, "creds.json");
    try {
      fs.writeFileSync(file, JSON.stringify({ username: "ann", password: "from-file" }));
      const env = { WALLAROO_URL: "https://x.example", WALLAROO_SDK_CREDENTIALS: file };
      expect(read({}, env).grant).to.deep.equal({ type: "password", username: "ann", password: "from-file" });
      const grant = (more: NodeJS.ProcessEnv) => read({}, { ...env, WALLAROO_CLIENT_SECRET: "c", ...more }).grant;
      expect(grant({ WALLAROO_USER: "ann" })).to.include({ password: "from-file" });
      expect(grant({ WALLAROO_USER: "bob", WALLAROO_PASSWORD: "p" })).to.include({ username: "bob", password: "p" });
      // No account signs in with another one's password.
      expect(problemsOf({}, { ...env, WALLAROO_USER: "bob" }).join()).to.match(/Credentials are missing/);
      expect(problemsOf({}, { ...env, WALLAROO_PASSWORD: "of-bob" }).join()).to.match(/Credentials are missing/);
      expect(read(MINIMUM, { ...env, WALLAROO_SDK_CREDENTIALS: `${file}.gone` }).grant.type).to.equal("password");
      expect(read({}, { ...env, WALLAROO_SDK_CREDENTIALS: `${file}.gone`, WALLAROO_TOKEN: "t" }).grant.type).to.equal(
        "token",
      );
      fs.writeFileSync(file, JSON.stringify({ username: "", password: "" }));
      expect(problemsOf({}, env).join()).to.match(/one of them is missing there/);
      fs.writeFileSync(file, '{"password": "half-a-sec');
      expect(problemsOf({}, env).join(" "))
        .to.match(/it is not JSON/)
        .and.not.match(/half-a-sec/);
    } finally {
      fs.rmSync(folder, { recursive: true });
    }
  });

  it("of an explicit provider are called by the names of its inputs", () => {
    const ofProvider = () =>
      readSettings({ config: (key) => (key === "wallaroo:maxRetries" ? "many" : undefined), env: undefined });
    expect(ofProvider)
      .to.throw(
        WallarooError,
        /`url` of the WallarooProvider is missing.*`maxRetries` of the WallarooProvider must be.*\(refresh and destroy use its inputs of the last pulumi up\.\)$/,
      )
      .and.have.property("message")
      .that.does.not.match(/WALLAROO_|wallaroo:/);
  });

  it("refuse http:// to another machine unless it is allowed", () => {
    const config = { ...MINIMUM, "wallaroo:url": "http://wallaroo.internal" };
    expect(problemsOf(config).join(" "))
      .to.match(/http:\/\//)
      .and.match(/allowInsecureHttp/);
    expect(problemsOf({ ...config, "wallaroo:allowInsecureHttp": "true" })).to.deep.equal([]);
    for (const here of ["http://127.0.0.1:8080", "http://localhost", "http://[::1]:1"]) {
      expect(problemsOf({ ...MINIMUM, "wallaroo:url": here })).to.deep.equal([]);
    }
    expect(problemsOf({ ...MINIMUM, "wallaroo:url": "http://127.0.0.1.evil.example" })).to.have.length(1);
    expect(problemsOf({ ...MINIMUM, "wallaroo:authUrl": "http://keycloak.internal" })).to.have.length(1);
  });

  it("refuse credentials inside the address", () => {
    expect(problemsOf({ ...MINIMUM, "wallaroo:url": "https://ann:pw@example.com" })).to.have.length(1);
  });

  it("take protected addresses as a list or separated by commas, in canonical form", () => {
    for (const text of ['["Ann@Example.com","b@example.com"]', " ann@example.com , B@example.com"]) {
      const { protectedEmails } = read({ ...MINIMUM, "wallaroo:protectedEmails": text });
      expect([...protectedEmails]).to.deep.equal(["ann@example.com", "b@example.com"]);
    }
    expect([
      ...read({ ...MINIMUM, "wallaroo:protectedEmails": "admin, jürgen@example.com" }).protectedEmails,
    ]).to.deep.equal(["admin", "jürgen@example.com"]);
    for (const text of [
      "[1]",
      "ann@example.com; boss@example.com",
      "ann@example.com boss@example.com",
      "ann@example.com\nboss@example.com",
      '"boss@example.com"',
      '{"0":"boss@example.com"}',
    ]) {
      expect(problemsOf({ ...MINIMUM, "wallaroo:protectedEmails": text }), text).to.have.length(1);
    }
  });

  it("take a token that was read from a file, and refuse one that can't be sent", () => {
    const grant = (env: NodeJS.ProcessEnv) => read({ "wallaroo:url": "https://x.example" }, env).grant;
    expect(grant({ WALLAROO_TOKEN: "abc.def\n" })).to.deep.equal({ type: "token", token: "abc.def" });
    expect(grant({ WALLAROO_REFRESH_TOKEN: " r\r\n" })).to.deep.equal({ type: "refresh", refreshToken: "r" });
    const problems = problemsOf({ ...MINIMUM, "wallaroo:token": "abc def" });
    expect(problems.join())
      .to.match(/wallaroo:token \(WALLAROO_TOKEN\) can't be a token/)
      .and.not.include("abc");
  });

  it("refuse an address with a query or fragment, an empty one too: the path would end in it", () => {
    for (const end of ["/?", "/#", "?a=b", "#x"]) {
      expect(problemsOf({ ...MINIMUM, "wallaroo:url": `https://x.example${end}` }), end).to.have.length(1);
    }
  });

  it("never show the value of a secret, whatever is set", () => {
    const secret = "VERY-secret-value";
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom("url", "authUrl", "maxRetries", "seatLimit", "protectedEmails"), fc.string()),
        (rest) => {
          const config: Record<string, string> = { "wallaroo:password": secret, "wallaroo:clientSecret": secret };
          for (const [key, value] of Object.entries(rest)) config[`wallaroo:${key}`] = value;
          expect(problemsOf(config).join(" ")).to.not.include(secret);
        },
      ),
    );
  });
});
