import { execFile } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { expect } from "chai";
import type { Platform, PlatformOptions } from "../emulator/platform";
import { OPERATOR } from "../emulator/seeds";

const run = promisify(execFile);
/** The Python that has the vendor's client `wallaroo`, if there is one: 600 MB with its libraries. */
const PYTHON = process.env["PULUMI_WALLAROO_TESTS_PYTHON"] ?? "python3";

interface Said {
  me: string;
  ann: object;
  nobody: null;
  deactivated: [string | null, object];
  activated: [string | null, object];
  unknown: string;
  myself: string;
  admin: string | null;
  zed: [{ username: string }, string | null];
  users: string[];
}

/** The vendor's Python client against every identity store, where this machine has it. */
export function vendorContract(start: (options?: PlatformOptions) => Promise<Platform>): void {
  let platform: Platform | undefined;
  let folder: string | undefined;

  before(async function () {
    this.timeout(60_000);
    const looks = "import importlib.util, sys; sys.exit(0 if importlib.util.find_spec('wallaroo') else 3)";
    const obstacle = await run(PYTHON, ["-c", looks]).then(
      () => undefined,
      (error: { code?: unknown }) =>
        error.code === 3 ? `${PYTHON} has no package wallaroo` : `${PYTHON} does not run`,
    );
    if (obstacle === undefined) return;
    process.stdout.write(
      `\n  not run with the vendor's client: ${obstacle}; PULUMI_WALLAROO_TESTS_PYTHON names another\n`,
    );
    this.skip();
  });
  afterEach(async () => {
    await platform?.close();
    if (folder !== undefined) fs.rmSync(folder, { recursive: true, force: true });
  });

  /** What a script says of a platform. */
  async function saidBy(script: string, { url }: Platform): Promise<unknown> {
    // It keeps its tokens in the home of whoever runs it.
    folder = fs.mkdtempSync(path.join(os.tmpdir(), "pulumi-wallaroo-vendor-"));
    const env = {
      ...{ PATH: process.env["PATH"], NO_PROXY: "127.0.0.1", HOME: folder, XDG_CACHE_HOME: folder },
      ...{ WALLAROO_URL: url, WALLAROO_SDK_AUTH_TYPE: "user_password" },
      ...{ WALLAROO_USER: OPERATOR.email, WALLAROO_PASSWORD: OPERATOR.password },
    };
    const { stdout } = await run(PYTHON, [path.join(__dirname, script)], { env, timeout: 170_000 });
    return JSON.parse(stdout.trim().split("\n").pop() ?? "");
  }

  it("serves get_user_by_email, activate_user and deactivate_user of the vendor's client", async function () {
    this.timeout(180_000);
    platform = await start();
    const id = await platform.addUser({ email: "ann@example.com" });
    await platform.addUser({ email: "zed@example.com" });
    await platform.addUser({ email: "a.zed@example.com" });
    const said = (await saidBy("vendor_client.py", platform)) as Said;
    const ann = { id, username: "ann@example.com" };
    expect(said.me).to.equal(OPERATOR.email);
    expect(said.ann).to.deep.equal({ ...ann, enabled: true });
    expect(said.nobody).to.equal(null);
    expect(said.deactivated).to.deep.equal([null, { ...ann, enabled: false }]);
    expect(said.activated).to.deep.equal([null, { ...ann, enabled: true }]);
    expect(said.unknown).to.match(/^EntityNotFoundError/);
    expect(said.myself).to.equal("Exception: A user may not deactive themselves.");
    expect(said.admin, "has no address that could be found").to.match(/^EntityNotFoundError/);
    // Looking for zed finds a.zed first: what the client does to the one befalls the other.
    expect(said.zed[0].username).to.equal("a.zed@example.com");
    expect((await platform.findByEmail("a.zed@example.com"))?.enabled).to.equal(false);
    expect((await platform.findByEmail("zed@example.com"))?.enabled).to.equal(true);
    expect(said.users).to.deep.equal([
      ...["a.zed@example.com", "admin", "ann@example.com", "operator@example.com", "zed@example.com"],
    ]);
    // All of that went through Keycloak's admin API.
    expect(platform.writes()).to.deep.equal([]);
    const puts = platform.requests("account").filter(({ method }) => method === "PUT");
    expect(puts.map(({ status }) => status)).to.deep.equal([204, 204, 204]);
  });

  it("serves the workspaces of the vendor's client, by GraphQL and otherwise", async function () {
    this.timeout(180_000);
    platform = await start();
    const [ann, bob, cleo, operator] = ["ann@example.com", "bob@example.com", "cleo@example.com", OPERATOR.email];
    for (const email of [ann, bob, cleo]) await platform.addUser({ email });
    await platform.addWorkspace("old", { owners: [ann], collaborators: [cleo], pipelines: 2 });
    await platform.remove(cleo);
    const own = `${operator} - Default Workspace`;
    const said = (await saidBy("vendor_workspaces.py", platform)) as Record<string, unknown>;
    const me = (await platform.findByEmail(operator))?.id;
    expect(said).to.deep.equal({
      default: [own, own],
      made: [platform.workspace("churn").id, "churn", me, false],
      again: "Exception: Failed to create workspace.",
      names: ["churn", "old", own],
      users: [[operator], [ann, bob, operator], [ann, operator]],
      add_user: null,
      add_owner: null,
      add_member: [`Exception: User ${ann}, already exists in workspace churn`, null],
      // It counts no rows, so that taking out an account that is not a member is as good as the first time.
      remove: [null, null],
      leave: null,
      last: "Exception: Last user of a workspace cannot be removed",
      own: "Exception: User cannot be removed from their default workspace",
      gone: ["Removed User", ann],
      contents: 2,
    });
    expect(await platform.membersOf("churn")).to.deep.equal({ [ann]: "OWNER" });
    expect(await platform.membersOf(own)).to.deep.equal({ [operator]: "OWNER" });
    // It adds by the endpoint, in lower case, and removes by GraphQL.
    expect(platform.written()).to.deep.equal([
      ...["workspaces/create churn", "workspaces/create churn", `workspaces/add_user churn ${ann} collaborator`],
      ...[`workspaces/add_user churn ${bob} owner`, `workspaces/add_user churn ${ann} owner`],
    ]);
  });
}
