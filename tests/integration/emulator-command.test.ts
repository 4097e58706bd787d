import { spawn, type ChildProcess } from "node:child_process";
import path from "node:path";
import { expect } from "chai";
import { callerOf, claimsOf, post } from "./callers";

/** The emulated platform as a program of its own. */
describe("npm run emulator", function () {
  this.timeout(60_000);
  let child: ChildProcess | undefined;
  afterEach(() => void child?.kill("SIGKILL"));

  /** Its first lines, as many as there are to wait for. */
  async function run(args: string[]): Promise<string[]> {
    const main = path.join(__dirname, "../emulator/main.ts");
    const started = spawn(process.execPath, ["--import", "tsx", main, "--port", "0", ...args], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    child = started;
    return new Promise((resolve, reject) => {
      let said = "";
      started.stdout.on("data", (text: Buffer) => {
        said += text.toString();
        if (said.split("\n").length > 3) resolve(said.trimEnd().split("\n"));
      });
      started.once("exit", (code) => reject(new Error(`it ended with code ${code} before it said anything`)));
    });
  }
  const addressIn = (lines: string[]) => /^listening on (http:\/\/127\.0\.0\.1:\d+)$/.exec(lines[0] ?? "")?.[1] ?? "";
  const signIn = (url: string, fields: Record<string, string>) =>
    post(`${url}/auth/realms/master/protocol/openid-connect/token`, new URLSearchParams(fields));

  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    it(`says where it listens and its accounts, which can sign in, and ends by ${signal}`, async () => {
      const lines = await run([]);
      expect(lines.slice(1)).to.deep.equal([
        "account admin / admin (no email)",
        "account operator@example.com / Operate-1 (a realm admin)",
      ]);
      const url = addressIn(lines);
      expect((await fetch(`${url}/v1/api/config`)).status).to.equal(200);
      for (const line of lines.slice(1)) {
        const [, username = "", password = ""] = /^account (\S+) \/ (\S+) /.exec(line) ?? [];
        const answer = await signIn(url, { grant_type: "password", client_id: "sdk-client", username, password });
        expect(answer.status, line).to.equal(200);
      }
      const ended = new Promise((resolve) => child?.once("exit", resolve));
      child?.kill(signal);
      expect(await ended).to.equal(0);
    });
  }

  it("takes what an installation can do differently from its flags", async () => {
    const url = addressIn(
      await run([
        ...["--lightweight-tokens", "--client-token-lifetime", "sdk-client=7", "--password-policy", "before"],
        ...["--seen-after", "60000", "--ignores-deactivate", "a@example.com", "--ignores-deactivate", "b@example.com"],
        ...["--workspaces", "createdBy=email", "--workspaces", "unknownWorkspaceStatus=400"],
      ]),
    );
    const fields = { grant_type: "password", client_id: "sdk-client", username: "admin", password: "admin" };
    const { body } = await signIn(url, fields);
    expect(body["expires_in"]).to.equal(7);
    expect(claimsOf(body["access_token"])).to.not.have.property("sub");
    const call = await callerOf({ url }, "admin", "admin");
    expect((await call("users/invite", { email: "c@example.com", password: "weak" })).status).to.equal(400);
    for (const email of ["a@example.com", "b@example.com", "c@example.com"]) {
      expect((await call("users/invite", { email })).status).to.equal(200);
      expect((await call("users/deactivate", { email })).status).to.equal(200);
    }
    const shown = (await call("users/query", {})).body["users"] as Record<string, { username: string }>;
    const names = Object.values(shown).map(({ username }) => username);
    expect(names, "the invited ones are not seen yet").to.have.members(["admin", "operator@example.com"]);
    const enabled = async (username: string) =>
      (await signIn(url, { ...fields, username, password: "no" })).body["error_description"];
    expect(await enabled("a@example.com")).to.equal("Invalid user credentials");
    expect(await enabled("b@example.com")).to.equal("Invalid user credentials");
    expect(await enabled("c@example.com")).to.equal("Account disabled");
    await call("workspaces/create", { workspace_name: "churn" });
    const { workspaces } = (await call("workspaces/list", {})).body as { workspaces: { created_by: string }[] };
    expect(workspaces.map(({ created_by }) => created_by)).to.deep.equal(["admin"]);
    expect((await call("workspaces/list_users", { workspace_id: 99 })).status).to.equal(400);
  });
});
