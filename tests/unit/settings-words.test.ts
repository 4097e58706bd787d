import { expect } from "chai";
import { isWallarooError } from "../../provider/api/errors";
import { readSettings } from "../../provider/settings";
import { SettingsReading, variableOf } from "../../provider/settings-source";
import { SETTINGS, type SettingKey } from "../../provider/settings-table";
import { describeUnknownInputs, describeUnknownSettings } from "../../provider/unknown-settings";
import { unusable } from "../../provider/user/check";

const MINIMUM = {
  "wallaroo:url": "https://example.wallaroo.ai",
  "wallaroo:username": "ann",
  "wallaroo:password": "s3cret-password",
};
const read = (more: Record<string, string>, env: NodeJS.ProcessEnv = {}) => {
  const config: Record<string, string> = { ...MINIMUM, ...more };
  return readSettings({ config: (key) => config[key], env });
};
const refusalOf = (more: Record<string, string>, env?: NodeJS.ProcessEnv) => {
  try {
    read(more, env);
  } catch (error) {
    if (isWallarooError(error, "badSettings")) return error.message;
    throw error;
  }
  return undefined;
};
const START = "Could not read the settings of the Wallaroo provider: ";
const END = ". (refresh and destroy use the configuration of the last pulumi up, and today's environment.)";

describe("a bad setting", () => {
  const cases: [SettingKey, string, string][] = [
    ["url", "example.com", "must be an address such as https://example.wallaroo.ai"],
    ["url", "ftp://example.com", "must be an address such as https://example.wallaroo.ai"],
    ["url", "xhttp://example.com", "must be an address such as https://example.wallaroo.ai"],
    ["url", "https://ann@example.com", "must hold no user name, password, query or fragment"],
    ["url", "https://:pw@example.com", "must hold no user name, password, query or fragment"],
    ["authUrl", "https://example.com/?a", "must hold no user name, password, query or fragment"],
    ["requestTimeout", "0", "must be a number from 0.001 to 3600"],
    ["requestTimeout", "3601", "must be a number from 0.001 to 3600"],
    ["maxRetries", "-1", "must be a number from 0 to 100"],
    ["maxRetries", "101", "must be a number from 0 to 100"],
    ["maxRetries", "1.5", "must be a whole number"],
    ["maxConcurrency", "0", "must be a number from 1 to 1000"],
    ["maxConcurrency", "1001", "must be a number from 1 to 1000"],
    ["maxConcurrency", "many", "must be a number from 1 to 1000"],
    ["endSessions", "never", "must be auto, required or off"],
    ["readOnly", "yes", "must be true or false"],
    ["allowInsecureHttp", "1", "must be true or false"],
  ];
  for (const [key, value, words] of cases) {
    it(`is refused by its names: ${key} ${value}`, () => {
      const message = `${START}wallaroo:${key} (${SETTINGS[key as "url"].variable}) ${words}${END}`;
      expect(refusalOf({ [`wallaroo:${key}`]: value })).to.equal(message);
      if (key !== "url") expect(refusalOf({}, { [variableOf(key) ?? ""]: value })).to.equal(message);
    });
  }

  it("without a variable is refused by its key", () => {
    expect(refusalOf({ "wallaroo:seatLimit": "10000001" })).to.equal(
      `${START}wallaroo:seatLimit must be a number from 0 to 10000000${END}`,
    );
    const list = "must be a list of addresses, or addresses separated by commas";
    const named = (text: string) => refusalOf({ "wallaroo:protectedEmails": text });
    expect(named("[1]")).to.equal(`${START}wallaroo:protectedEmails ${list}${END}`);
    expect(named("[oops")).to.equal(`${START}wallaroo:protectedEmails ${list}${END}`);
    for (const odd of ["boss@", "a b", "a;b", "a:b", "{a}", "a'b", 'a"b', "a]"]) {
      expect(named(`ann,${odd}`), odd).to.equal(
        `${START}wallaroo:protectedEmails ${list}; ${JSON.stringify(odd)} is neither an address nor a username${END}`,
      );
    }
    const long = "x y".padEnd(100, "z");
    expect(named(long)).to.include(`; "${long.slice(0, 80)}…" is neither`);
  });

  it("that is missing is described, and several are numbered", () => {
    expect(refusalOf({ "wallaroo:url": "", "wallaroo:maxRetries": "x" })).to.equal(
      `${START}(1) wallaroo:url (WALLAROO_URL) is missing: the address of the platform. ` +
        `(2) wallaroo:maxRetries (WALLAROO_MAX_RETRIES) must be a number from 0 to 100${END}`,
    );
  });

  it("that the engine would lose is refused with what to write instead", () => {
    const lost = JSON.stringify([unusable("is a Set: write a list")]);
    expect(refusalOf({ "wallaroo:protectedEmails": lost })).to.include(
      "wallaroo:protectedEmails is a Set: write a list.",
    );
  });

  it("of clear text is refused for both addresses, unless it is allowed", () => {
    const allow = "allow it with wallaroo:allowInsecureHttp (WALLAROO_ALLOW_INSECURE_HTTP) set to true";
    const words = `uses http://, so passwords would cross the network in the clear: use https://, or ${allow}`;
    const clear = { "wallaroo:url": "http://w.example", "wallaroo:authUrl": "http://k.example" };
    expect(refusalOf(clear)).to.equal(
      `${START}(1) wallaroo:url (WALLAROO_URL) ${words}. (2) wallaroo:authUrl (WALLAROO_AUTH_URL) ${words}${END}`,
    );
    expect(refusalOf({ ...clear, "wallaroo:allowInsecureHttp": "true" })).to.equal(undefined);
    expect(refusalOf({ ...clear, "wallaroo:allowInsecureHttp": "false" })).to.include("(2)");
  });
});

describe("a good setting", () => {
  it("may be at either end of its range", () => {
    const most = { requestTimeout: "3600", maxRetries: "100", maxConcurrency: "1000", seatLimit: "10000000" };
    const least = { requestTimeout: "0.001", maxRetries: "0", maxConcurrency: "1", seatLimit: "0" };
    const all = (values: Record<string, string>) =>
      read(Object.fromEntries(Object.entries(values).map(([key, value]) => [`wallaroo:${key}`, value])));
    expect(all(most)).to.include({
      requestTimeoutMs: 3_600_000,
      maxRetries: 100,
      maxConcurrency: 1000,
      seatLimit: 1e7,
    });
    expect(all(least)).to.include({ requestTimeoutMs: 1, maxRetries: 0, maxConcurrency: 1, seatLimit: 0 });
  });

  it("of an address loses the slashes at its end, and the Keycloak's gets /auth only if it names no path", () => {
    const urls = (url: string, authUrl: string) => read({ "wallaroo:url": url, "wallaroo:authUrl": authUrl });
    expect(urls("https://w.example///", "https://k.example/")).to.include({
      url: "https://w.example",
      authUrl: "https://k.example/auth",
    });
    expect(urls("https://w.example/x/", "https://k.example/kc/").authUrl).to.equal("https://k.example/kc");
    expect(urls("https://w.example", "https://k.example/realms").authUrl).to.equal("https://k.example");
    expect(urls("https://w.example", "https://k.example/realms/x").authUrl).to.equal("https://k.example/realms/x");
    expect(urls("https://w.example", "http://localhost:8080").authUrl).to.equal("http://localhost:8080/auth");
    expect(read({ "wallaroo:url": "https://w.example/x" }).authUrl).to.equal("https://w.example/x/auth");
  });

  it("of protected addresses may hold nothing, and space", () => {
    const listed = (text: string) => [...read({ "wallaroo:protectedEmails": text }).protectedEmails];
    expect(listed(' ["Ann@Example.com", " "] ')).to.deep.equal(["ann@example.com"]);
    expect(listed("admin,, Bob@x.y ,")).to.deep.equal(["admin", "bob@x.y"]);
    expect(listed("[]")).to.deep.equal([]);
  });

  it("that forbids writes is remembered by its name", () => {
    expect(read({ "wallaroo:readOnly": "true" }).readOnlyBy).to.equal("wallaroo:readOnly (WALLAROO_READ_ONLY)");
    expect(read({ "wallaroo:readOnly": "false" })).to.not.have.property("readOnlyBy");
  });
});

describe("the names and sources of settings", () => {
  const none = () => undefined;

  it("are keys and variables in a stack, and inputs of an explicit provider", () => {
    const stack = new SettingsReading({ config: none, env: {} });
    const explicit = new SettingsReading({ config: none, env: undefined });
    expect([stack.isExplicit, explicit.isExplicit]).to.deep.equal([false, true]);
    expect(stack.named("url")).to.equal("wallaroo:url (WALLAROO_URL)");
    expect(stack.named("seatLimit")).to.equal("wallaroo:seatLimit");
    expect(stack.named("readOnly")).to.equal("wallaroo:readOnly (WALLAROO_READ_ONLY)");
    expect(explicit.named("url")).to.equal("`url` of the WallarooProvider");
    expect(explicit.named("readOnly")).to.equal("`readOnly` of the WallarooProvider (WALLAROO_READ_ONLY)");
    expect([variableOf("url"), variableOf("seatLimit")]).to.deep.equal(["WALLAROO_URL", undefined]);
    const advice = "Check wallaroo:url (WALLAROO_URL), wallaroo:realm and wallaroo:seatLimit, not wallaroo:urls.";
    expect(explicit.inWords(advice)).to.equal(
      "Check `url` of the WallarooProvider, `realm` of the WallarooProvider and `seatLimit` of the WallarooProvider, not wallaroo:urls.",
    );
    const config = (key: string) => (key === "wallaroo:url" ? "https://w.example" : undefined);
    const env = { WALLAROO_URL: "https://env.example", WALLAROO_REALM: "people" };
    const mixed = new SettingsReading({ config, env }).inWords(advice);
    expect(mixed, "the source that counts goes first").to.equal(
      "Check wallaroo:url (WALLAROO_URL), WALLAROO_REALM (wallaroo:realm) and wallaroo:seatLimit, not wallaroo:urls.",
    );
    expect(new SettingsReading({ config, env }).inWords(mixed), "twice is as once").to.equal(mixed);
    explicit.refuse("url", "is bad.");
    expect(explicit.problems).to.deep.equal(["`url` of the WallarooProvider is bad."]);
  });

  it("stay as they are within what a server or a user has named", () => {
    const env = { WALLAROO_URL: "https://env.example", WALLAROO_TOKEN: "t" };
    const readings = [{}, env, undefined].map((of) => new SettingsReading({ config: none, env: of }));
    for (const text of [
      "no image registry.example.com/wallaroo:token-svc-1.2",
      "no image wallaroo:token-1.2, wallaroo:url/x or wallaroo:url.v2",
      "https://wallaroo:password@keycloak.example refuses",
      "urn:pulumi:dev::wallaroo:url::ann and wallaroo:url::ann",
      'in workspace "wallaroo:url"',
      "my-wallaroo:url, prod.wallaroo:url, éwallaroo:url, wallaroo:urlé and wallaroo:url=x",
    ]) {
      for (const reading of readings) expect(reading.inWords(text)).to.equal(text);
    }
  });

  it("are found beside the marks of a sentence", () => {
    const [stack, explicit] = [{}, undefined].map((of) => new SettingsReading({ config: none, env: of }));
    const text = '"wallaroo:url: no", [wallaroo:url], (wallaroo:url; wallaroo:url,wallaroo:url.\nwallaroo:url';
    const of = (name: string) => text.replaceAll("wallaroo:url", name);
    expect(stack?.inWords(text)).to.equal(of("wallaroo:url (WALLAROO_URL)"));
    expect(explicit?.inWords(text)).to.equal(of("`url` of the WallarooProvider"));
  });

  it("of an explicit provider are its inputs, and the environment only if it forbids something", () => {
    const everywhere = { WALLAROO_READ_ONLY: "true", WALLAROO_REALM: "other" };
    const explicit = new SettingsReading({ config: none, env: undefined, everywhere });
    expect(explicit.text("readOnly")).to.equal("true");
    expect(explicit.text("realm")).to.equal(undefined);
    expect(explicit.text("seatLimit")).to.equal(undefined);
    const config = (key: string) => (key === "wallaroo:readOnly" ? "false" : " ");
    expect(new SettingsReading({ config, env: undefined, everywhere }).text("readOnly")).to.equal("false");
    expect(new SettingsReading({ config, env: { WALLAROO_REALM: "r" } }).text("realm"), "blank is unset").to.equal("r");
  });
});

describe("a key that is not a setting", () => {
  const nearest: [string, SettingKey][] = [
    ["Url", "url"],
    ["user", "username"],
    ["pasword", "password"],
    ["max_retries", "maxRetries"],
    ["seatLimits", "seatLimit"],
    ["protected", "protectedEmails"],
    ["sessions", "endSessions"],
    ["readonly", "readOnly"],
    ["insecure", "allowInsecureHttp"],
    ["REFRESH_TOKEN", "refreshToken"],
    ["url2", "url"],
    ["usr", "username"],
  ];
  for (const [key, meant] of nearest) {
    it(`is told the nearest one: ${key}`, () => {
      expect(describeUnknownSettings(["url", key, "realm"], "people")).to.deep.equal([
        `wallaroo:${key} is not a setting of pulumi-wallaroo and has no effect; did you mean wallaroo:${meant}?`,
      ]);
      expect(describeUnknownInputs(["url", key])).to.deep.equal([
        `\`${key}\` is not an input of a WallarooProvider and has no effect; did you mean \`${meant}\`?`,
      ]);
    });
  }

  it("may be the program's own if the project is called wallaroo", () => {
    expect(
      describeUnknownSettings(["Url", "toString"], "wallaroo").map((words) => words.replace(/^.*\?/, "")),
    ).to.deep.equal(
      Array(2).fill(" If it is a key of this program, whose project is called wallaroo, there is nothing to do."),
    );
  });
});
