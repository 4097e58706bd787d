import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { expect } from "chai";
import { WallarooTeam, WallarooUser } from "pulumi-wallaroo";
import { CLIENT_SECRET } from "../emulator/sessions";
import { CI, configOf, scenario } from "./stack";

const PASSWORD = "Gg-given-password-of-ann";
const MEMBER_PASSWORD = "Gg-given-password-of-dave";

describe("the secrets of a whole lifecycle", function () {
  this.timeout(240_000);
  const { platform, stack } = scenario({}, (url) => ({
    config: configOf(url, { "wallaroo:clientId": "api-client", "secret:wallaroo:clientSecret": CLIENT_SECRET }),
  }));

  for (const talk of [{}, { logVerbosity: 9, logToStdErr: true, debug: true }]) {
    const how =
      "logVerbosity" in talk ? "at -v=9, save in the lines in which the engine itself traces its calls" : "by default";
    it(`are in nothing that it leaves or prints ${how}`, () => live(talk));
  }

  async function live(talk: { logVerbosity?: number }): Promise<void> {
    const program =
      (enabled: boolean, fails = false) =>
      () => {
        new WallarooUser("ann", { email: "ann@example.com", password: PASSWORD, enabled });
        const bob = new WallarooUser("bob", { email: "bob@example.com", enabled });
        const members = { " Dave@example.com": { password: MEMBER_PASSWORD, enabled }, "eve@example.com": {} };
        const { initialPasswords } = new WallarooTeam("team", { members });
        if (fails) new WallarooUser("cleo", { email: "john.hummel@wallaroo.ai", password: PASSWORD });
        return { password: bob.initialPassword, initialPasswords };
      };
    const { TMPDIR } = process.env;
    const temporary = fs.mkdtempSync(path.join(os.tmpdir(), "pulumi-wallaroo-secrets-"));
    const args: string[] = [];
    const watch = setInterval(() => args.push(...argumentsOf(["provider", "engine"])), 100);
    const argumentsOf = (kinds: ("provider" | "engine")[]) =>
      kinds.flatMap((kind) =>
        stack()
          .processes(kind)
          .map((pid) => readArguments(pid)),
      );
    const printed: string[] = [];
    const generated: string[] = [];
    const log = (outcome: { output: string }) => printed.push(outcome.output);
    // Of the SDK in this process, and of all that it starts; what others of this machine leave there is not ours.
    process.env["TMPDIR"] = temporary;
    try {
      log(await stack().preview(program(true), talk));
      const up = await stack().up(program(true), talk);
      log(up);
      const { password, initialPasswords } = up.outputs;
      generated.push(
        password?.value as string,
        ...Object.values((initialPasswords?.value ?? {}) as Record<string, string>),
      );
      await platform().setEnabled("bob@example.com", false);
      log(await stack().refresh(talk));
      // Each answer repeats the password of its own account: another's may not have been told to this process.
      const echoes = Object.entries({ "ann@example.com": PASSWORD, "dave@example.com": MEMBER_PASSWORD }).map(
        ([who, password]) =>
          platform().misbehave({
            on: "deactivate",
            who,
            when: "before",
            what: { status: 400, body: { msg: `bad ${password}`, code: 400 } },
          }),
      );
      log(await stack().upFails(program(false), { ...talk, continueOnError: true }));
      expect(echoes.map((echo) => echo.hits)).to.deep.equal([1, 1]);
      log(await stack().upFails(program(true, true), talk));
      log(await stack().destroy(talk));
    } finally {
      clearInterval(watch);
      if (TMPDIR === undefined) delete process.env["TMPDIR"];
      else process.env["TMPDIR"] = TMPDIR;
    }
    const sent = platform().log.map((entry) => (entry.headers.authorization ?? "").replace(/^(Bearer|Basic) /, ""));
    const issued = platform()
      .requests("token")
      .map(({ answer }) => (answer as { refresh_token?: string }).refresh_token ?? "");
    expect(issued.filter((token) => token !== "")).to.not.have.length(0);
    expect(platform().requests("invite")).to.have.length(4);
    expect(generated).to.have.length(3);
    const secrets = [
      PASSWORD,
      MEMBER_PASSWORD,
      ...generated,
      CI.password,
      CLIENT_SECRET,
      ...new Set([...sent, ...issued].filter((token) => token !== "")),
    ];
    if (talk.logVerbosity !== undefined) expect(printed.join("").length, "the logs talk").to.be.greaterThan(50_000);
    expect(args.join("\n"), "processes were seen")
      .to.match(/pulumi\0/)
      .and.match(/dynamic-provider/);
    const places: Record<string, string> = {
      "what was printed": printed
        .join("\n")
        .split("\n")
        .filter((line) => !isTrace(line))
        .join("\n"),
      "the backend": stack().onDisk(),
      "process arguments": args.join("\n"),
      "temporary files": readAll(temporary),
    };
    fs.rmSync(temporary, { recursive: true });
    for (const [place, text] of Object.entries(places)) {
      for (const secret of secrets)
        expect(text.includes(secret), `${secret.slice(0, 12)}… in ${place}`).to.equal(false);
    }
  }
});

/** At -v=9 engine and SDK trace every property that passes between them, secret or not. No provider can help it. */
function isTrace(line: string): boolean {
  return /RegisterResource RPC|"msg":"(Unm|M)arshaling property|eventSink::Debug/.test(line);
}

function readArguments(pid: number): string {
  try {
    return fs.readFileSync(`/proc/${pid}/cmdline`, "utf8");
  } catch {
    return "";
  }
}

/** All files below a folder, each with its name. */
function readAll(folder: string): string {
  return fs
    .readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .map((file) => `${file}\n${fs.readFileSync(file, "utf8")}`)
    .join("\n");
}
