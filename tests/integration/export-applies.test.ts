import { execFileSync } from "node:child_process";
import { runInThisContext } from "node:vm";
import { expect } from "chai";
import { transformSync } from "esbuild";
import { check } from "prettier";
import { findAccounts, type Found } from "../../provider/cli/export/accounts";
import { nodeProgram } from "../../provider/cli/export/nodejs";
import { pythonProgram } from "../../provider/cli/export/python";
import { rosterOf } from "../../provider/cli/export/roster";
import { parseRoster } from "../../provider/roster/read";
import { FORMATS } from "../../provider/roster/roster";
import { addMixed, addMixedWorkspaces } from "../emulator/mixed";
import { EngineCalls, listen, startDynamic, type Kind, type Start } from "./dynamic";
import { connectTo, onPlatform } from "./platform";

type Declared = [type: Kind, name: string, args: Record<string, unknown>][];

/** What a program of Node.js declares, run with classes that take note of it. */
function runNode(program: string, loader: "ts" | "js"): Declared {
  const declared: Declared = [];
  const recorder = (type: Kind) =>
    class {
      constructor(name: string, args: Record<string, unknown>) {
        declared.push([type, name, args]);
      }
    };
  const sdk = {
    WallarooUser: recorder("user"),
    WallarooTeam: recorder("team"),
    WallarooWorkspaceMember: recorder("workspaceMember"),
  };
  const { code } = transformSync(program, { loader, format: "cjs" });
  const run = runInThisContext(`(function (require, module, exports) {${code}\n})`) as (...args: unknown[]) => void;
  run(() => sdk, {}, {});
  return declared;
}

/** What a Python program declares, run with a module that takes note of it. */
function runPython(program: string): Declared {
  const recorder = `
import json, sys, types
NAMES = {"on_destroy": "onDestroy", "first_name": "firstName", "last_name": "lastName"}
declared = []
def inputs(**args):
    return {NAMES.get(key, key): value for key, value in args.items()}
def recorder(kind):
    return lambda name, **args: declared.append([kind, name, inputs(**args)])
sys.modules["pulumi_wallaroo"] = types.SimpleNamespace(User=recorder("user"), Team=recorder("team"), TeamMemberArgs=inputs, WorkspaceMember=recorder("workspaceMember"))
exec(compile(sys.stdin.buffer.read().decode(), "__main__.py", "exec"), {})
sys.stdout.buffer.write(json.dumps(declared).encode())
`;
  return JSON.parse(execFileSync("python3", ["-c", recorder], { input: program }).toString()) as Declared;
}

describe("an export of 500 mixed accounts", function () {
  this.timeout(240_000);
  const { platform, start, writes } = onPlatform();
  listen();
  let found: Found;
  let emails: string[];
  beforeEach(async () => {
    const connected = await start();
    emails = await addMixed(platform(), 500);
    await addMixedWorkspaces(platform(), emails);
    found = await findAccounts(connected, {}, { names: true, workspaces: true });
    platform().clearLog();
  });

  /** One provider process per operation, as the engine has it. */
  const shared = (): Start => {
    let started: ReturnType<Start> | undefined;
    return (...args) => (started ??= startDynamic(...args));
  };

  async function expectNoWrite(declared: Declared): Promise<void> {
    let operation = shared();
    const stack = declared.map(([kind, , args]) => {
      const calls = new EngineCalls(platform, kind, {}, (...start) => operation(...start));
      return { calls, args };
    });
    for (const { calls, args } of stack) expect(await calls.up(args)).to.equal("created");
    operation = shared();
    for (const { calls } of stack) await calls.refresh();
    operation = shared();
    for (const { calls, args } of stack) expect(await calls.preview(args)).to.equal("unchanged");
    expect(writes()).to.deep.equal([]);
    const again = await findAccounts(connectTo(platform()), {}, { names: true, workspaces: true });
    expect(again).to.deep.equal(found);
  }

  it("has every membership of a workspace that is not archived, but that of an account in its own default one", () => {
    const memberships = found.accounts.flatMap(({ workspaces }) =>
      workspaces.map(({ workspace, role }) => `${role} ${workspace}`),
    );
    const owned = memberships.filter((one) => one.startsWith("OWNER"));
    expect(owned).to.deep.equal(['a$b ${x} "q"', "forecasts", "no", "sales=emea;x"].map((name) => `OWNER ${name}`));
    expect(memberships).to.have.length(16);
    expect(found.notes).to.deep.equal(["1 archived workspace is left out."]);
    const members = Object.values(parseRoster(rosterOf(found, "csv"), "csv"));
    expect(members.flatMap(({ workspaces = {} }) => Object.keys(workspaces))).to.have.length(16);
    const users = nodeProgram(found, "typescript", "users");
    expect(runNode(users, "ts").filter(([kind]) => kind === "workspaceMember")).to.have.length(16);
  });

  it("has every account but those that no stack can declare, each with its reason", () => {
    expect(found.accounts.map(({ email }) => email)).to.deep.equal([...emails].sort());
    expect(found.accounts.filter(({ enabled }) => !enabled)).to.have.length(100);
    expect(found.accounts.filter(({ isAdmin }) => isAdmin)).to.have.length(100);
    const ids = found.leftOut.map(({ reason }) => reason.match(/[\da-f-]{36}/g) ?? []);
    const reasons = found.leftOut.map(({ who, reason }) => `${who}: ${reason.replace(/ \(ids .*/, "")}`);
    expect(reasons).to.deep.equal([
      "admin: the platform's built-in admin, which no stack manages",
      "kiosk: it has no address",
      "operator@example.com: the account that this export ran as",
      "service-account-billing: the service account of a Keycloak client",
      "twin@example.com: 2 accounts have this address",
      "twin@example.com: 2 accounts have this address",
      "two words@example.com: an address of a stack must not hold spaces or control characters",
    ]);
    expect(ids[4]).to.have.length(2).and.deep.equal(ids[5]);
  });

  for (const as of ["team", "users"] as const) {
    it(`is taken over without a write as a TypeScript program with ${as}`, async () => {
      const program = nodeProgram(found, "typescript", as);
      await expectNoWrite(runNode(program, "ts"));
      expect(await check(program, { parser: "typescript" })).to.equal(true);
    });

    it(`is taken over without a write as a JavaScript program with ${as}`, async () => {
      const program = nodeProgram(found, "javascript", as);
      await expectNoWrite(runNode(program, "js"));
      expect(await check(program, { parser: "babel" })).to.equal(true);
    });

    it(`is taken over without a write as a Python program with ${as}`, async () => {
      await expectNoWrite(runPython(pythonProgram(found, as)));
    });
  }

  for (const format of FORMATS) {
    it(`is taken over without a write as a roster in ${format}`, async () => {
      const members = parseRoster(rosterOf(found, format), format);
      await expectNoWrite([["team", "staff", { adopt: true, onDestroy: "retain", members }]]);
    });
  }
});
