import { execFileSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { expect } from "chai";
import { OPERATOR } from "../emulator/seeds";
import { engineEnvironment } from "../engine/environment";
import { ensureEngine } from "../engine/ensure";
import { signInAt } from "./browser";
import { runCommand, startCommand } from "./command";
import { onPlatform } from "./platform";

/** Stands before the real CLI on PATH, and notes the arguments of each call. */
const WATCH = '#!/bin/sh\necho "$@" >> "$WATCHED_CALLS"\nPATH="$REAL_PATH" exec pulumi "$@"\n';

/** What is stored of a sign-in by the real CLI on a file backend. */
describe("pulumi-wallaroo login", function () {
  this.timeout(120_000);
  const { platform, start } = onPlatform();
  const operator = { username: OPERATOR.email, password: OPERATOR.password };
  let folder: string;
  let env: Record<string, string>;
  let calls: string;

  const pulumi = (...args: string[]) =>
    execFileSync("pulumi", args, { cwd: folder, env: { ...process.env, ...env }, encoding: "utf8" });

  before(async () => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), "pulumi-wallaroo-login-"));
    env = engineEnvironment(await ensureEngine({ log: (line) => process.stdout.write(`${line}\n`) }), folder);
    fs.writeFileSync(path.join(folder, "Pulumi.yaml"), "name: people\nruntime: nodejs\n");
    pulumi("stack", "init", "test", "--non-interactive");
    calls = path.join(folder, "calls");
    fs.mkdirSync(path.join(folder, "bin"));
    fs.writeFileSync(path.join(folder, "bin/pulumi"), WATCH, { mode: 0o755 });
  });
  after(() => fs.rmSync(folder, { recursive: true, force: true }));

  /** The environment of a command that calls the watched CLI. */
  const watched = () => {
    fs.writeFileSync(calls, "");
    const PATH = `${path.join(folder, "bin")}${path.delimiter}${env["PATH"]}`;
    return { ...env, PATH, REAL_PATH: env["PATH"], WATCHED_CALLS: calls };
  };

  it("stores the token encrypted, over standard input, and whoami of the stack says who that is", async () => {
    await start({ deviceInterval: 1 });
    pulumi("config", "set", "wallaroo:url", platform().url);
    const login = startCommand(["login", "--stack", "test"], watched(), folder);
    const [address] = await login.says(/http\S+user_code=\S+/);
    await signInAt(address, operator);
    const { code, stdout, stderr } = await login.ended;
    expect({ code, stdout }).to.deep.equal({ code: 0, stdout: "" });
    expect(stderr).to.include("The token is stored as wallaroo:refreshToken, encrypted.");

    const token = pulumi("config", "get", "wallaroo:refreshToken").trim();
    const claims = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString()) as { typ: string };
    expect(claims.typ).to.equal("Offline");
    const file = fs.readFileSync(path.join(folder, "Pulumi.test.yaml"), "utf8");
    expect(file)
      .to.match(/wallaroo:refreshToken:\s+secure: v1:/)
      .and.not.include(token);
    const watchedCalls = fs.readFileSync(calls, "utf8");
    expect(watchedCalls)
      .to.match(/^config set --secret wallaroo:refreshToken --stack=test /m)
      .and.not.include(token);
    expect(stderr).to.not.include(token);

    const whoami = await runCommand(["whoami", "--stack", "test"], env, folder);
    expect(whoami.stdout).to.match(/^account +operator@example\.com$/m);
    pulumi("config", "rm", "wallaroo:refreshToken");
  });

  it("prints the token alone with --print, and stores nothing", async () => {
    await start({ deviceInterval: 1 });
    pulumi("config", "set", "wallaroo:url", platform().url);
    const login = startCommand(["login", "--print", "--stack", "test"], watched(), folder);
    const [address] = await login.says(/http\S+user_code=\S+/);
    await signInAt(address, operator);
    expect((await login.ended).stdout).to.match(/^[\w-]+\.[\w-]+\.[\w-]+\n$/);
    expect(fs.readFileSync(calls, "utf8")).to.not.include("config set");
  });

  it("asks for no sign-in when nothing says where the token goes, or the stack can't be read", async () => {
    await start();
    const unnamed = await runCommand(["login"], { ...env, WALLAROO_URL: platform().url }, folder);
    expect(unnamed.code).to.equal(1);
    expect(unnamed.stderr).to.include("neither --stack nor --print is given");
    const wrong = { ...env, PULUMI_CONFIG_PASSPHRASE: "Ww-a-wrong-one" };
    pulumi("config", "set", "--secret", "wallaroo:clientSecret", "Cc-secret");
    const unread = await runCommand(["login", "--stack", "test"], wrong, folder);
    pulumi("config", "rm", "wallaroo:clientSecret");
    expect(unread.code).to.equal(1);
    expect(unread.stderr).to.include("incorrect passphrase");
    expect(platform().log).to.deep.equal([]);
  });

  it("ends on Ctrl-C with 1, and stores nothing", async () => {
    await start();
    pulumi("config", "set", "wallaroo:url", platform().url);
    const login = startCommand(["login", "--stack", "test"], watched(), folder);
    await login.says(/Ctrl-C stops/);
    login.interrupt();
    const { code, stdout, stderr } = await login.ended;
    expect({ code, stdout }).to.deep.equal({ code: 1, stdout: "" });
    expect(stderr).to.include("it was stopped. Nothing was stored");
    expect(fs.readFileSync(calls, "utf8")).to.not.include("config set");
  });

  it("waits 5 s longer when the server asks for it", async () => {
    await start({ deviceInterval: 1 });
    platform().misbehave({ on: "token", when: "before", what: { status: 400, body: { error: "slow_down" } } });
    const login = startCommand(["login", "--print"], { WALLAROO_URL: platform().url });
    const [address] = await login.says(/http\S+user_code=\S+/);
    await signInAt(address, operator);
    expect((await login.ended).code).to.equal(0);
    const [first, second] = platform().requests("token");
    expect((second?.startedAt ?? 0) - (first?.startedAt ?? 0)).to.be.at.least(5_900);
  });

  it("says which settings are wrong before it asks anything", async () => {
    const { code, stderr } = await runCommand(["login", "--print"], { WALLAROO_MAX_RETRIES: "many" });
    expect(code).to.equal(1);
    expect(stderr).to.include("(WALLAROO_URL) is missing").and.include("(WALLAROO_MAX_RETRIES) must be");
    expect(stderr).to.not.include("Credentials are missing");
  });
});
