import { expect } from "chai";
import { CLIENT_SECRET, CONFIDENTIAL_CLIENT } from "../emulator/sessions";
import { BUILT_IN, OPERATOR } from "../emulator/seeds";
import { grant } from "./callers";
import { operatorOf, runCommand } from "./command";
import { onPlatform } from "./platform";

describe("pulumi-wallaroo whoami", () => {
  const { platform, start, writes } = onPlatform();
  const ask = (env: NodeJS.ProcessEnv, ...args: string[]) =>
    runCommand(["whoami", ...args], { ...operatorOf(platform()), ...env });

  it("prints the account that the settings sign in as, and asks once", async () => {
    await start();
    const { code, stdout, stderr } = await ask({});
    const id = (await platform().findByEmail(OPERATOR.email))?.id ?? "";
    expect({ code, stderr }).to.deep.equal({ code: 0, stderr: "" });
    expect(stdout.split("\n")).to.include.members([
      `account        ${OPERATOR.email}`,
      `id             ${id}`,
      "administrator  yes",
      `platform       ${platform().url}`,
    ]);
    expect(stdout).to.not.include(OPERATOR.password);
    expect(platform().log.map(({ call }) => call)).to.deep.equal(["token", "query"]);
  });

  it("prints one object with --json", async () => {
    await start();
    const { stdout } = await ask({}, "--json");
    const bearer = JSON.parse(stdout) as Record<string, unknown>;
    expect(bearer).to.include({ email: OPERATOR.email, admin: true, enabled: true, realm: "master" });
  });

  it("says who the bearer of a refresh token is", async () => {
    await start();
    const { body } = await grant(platform(), { grant_type: "password", ...BUILT_IN });
    const env = { WALLAROO_USER: "", WALLAROO_PASSWORD: "", WALLAROO_REFRESH_TOKEN: String(body["refresh_token"]) };
    const { code, stdout } = await ask(env);
    expect(code).to.equal(0);
    expect(stdout)
      .to.match(/^account +admin$/m)
      .and.match(/^administrator +yes$/m);
  });

  it("says who a plain account is, though the platform lets it list no account", async () => {
    await start();
    await platform().addUser({ email: "ann@example.com", password: "Pp-of-ann" });
    const env = { WALLAROO_USER: "ann@example.com", WALLAROO_PASSWORD: "Pp-of-ann" };
    const { code, stdout } = await ask(env);
    expect(code).to.equal(0);
    expect(stdout)
      .to.match(/^account +ann@example\.com$/m)
      .and.not.include("administrator");
    expect(stdout).to.include('does not let it list accounts: "Forbidden" (HTTP 403)');
  });

  it("says which service account it is, though the platform lists none", async () => {
    await start();
    const env = { WALLAROO_USER: "", WALLAROO_CLIENT_ID: CONFIDENTIAL_CLIENT, WALLAROO_CLIENT_SECRET: CLIENT_SECRET };
    const { code, stdout } = await ask({ ...env, WALLAROO_PASSWORD: "" });
    expect(code).to.equal(0);
    expect(stdout).to.include(`service-account-${CONFIDENTIAL_CLIENT}`).and.include("lists no service account");
  });

  it("leaves open whether it is an administrator where a release shows no roles", async () => {
    await start({ release: "2022" });
    const { stdout } = await ask({}, "--json");
    expect(JSON.parse(stdout)).to.not.have.property("admin");
    expect((await ask({})).stdout)
      .to.include("shows no roles")
      .and.not.match(/^administrator/m);
  });

  it("ends with 1 and the provider's words where signing in is refused, without the password", async () => {
    await start();
    const { code, stdout, stderr } = await ask({ WALLAROO_PASSWORD: "Ww-a-wrong-one" });
    expect({ code, stdout }).to.deep.equal({ code: 1, stdout: "" });
    expect(stderr).to.match(
      /^Could not sign in as operator@example\.com: Invalid user credentials \(HTTP 401\)\. Check /,
    );
    expect(stderr).to.not.match(/Ww-a-wrong-one|^ +at /m);
  });

  it("writes nothing", async () => {
    await start();
    await ask({});
    expect(writes()).to.deep.equal([]);
  });
});
