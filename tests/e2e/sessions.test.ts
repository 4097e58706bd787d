import { expect } from "chai";
import { WallarooTeam, WallarooUser } from "pulumi-wallaroo";
import { grant } from "../integration/callers";
import { scenario } from "./stack";

const [ann, bob] = ["ann@example.com", "bob@example.com"];
const password = "Pp-their-password";
const FORBIDDEN = { status: 403, body: { error: "HTTP 403 Forbidden" } };

describe("the sessions of accounts that a stack cuts off and brings back", function () {
  this.timeout(240_000);
  const { platform, stack, writes } = scenario();

  const program = (enabled: boolean) => () => {
    new WallarooUser("ann", { email: ann, password, enabled });
    new WallarooTeam("team", { members: { [bob]: { password, enabled } } });
  };
  /** Online and offline sessions of both; how many of them can be gone on with. */
  const open = async () => {
    const tokens: string[] = [];
    for (const username of [ann, bob]) {
      for (const scope of ["profile", "offline_access"]) {
        const { body } = await grant(platform(), { grant_type: "password", username, password, scope });
        tokens.push(String(body["refresh_token"]));
      }
    }
    return async () => {
      const answers = tokens.map((token) => grant(platform(), { grant_type: "refresh_token", refresh_token: token }));
      return (await Promise.all(answers)).filter(({ status }) => status === 200).length;
    };
  };

  it("end by default, and one warning says so if Keycloak does not allow it", async () => {
    await stack().up(program(true));
    const first = await open();
    expect(await first()).to.equal(4);
    const off = await stack().up(program(false));
    expect(off.output).to.not.match(/sessions/);
    await stack().up(program(true));
    expect(await first()).to.equal(0);

    const second = await open();
    platform().misbehave({ on: "endSessions", times: 1e9, when: "before", what: FORBIDDEN });
    const { output } = await stack().destroy();
    // The engine prints a line when it comes, and again at the end.
    const said = output.match(/warning: Could not end the sessions of \w+@example\.com: .*/g) ?? [];
    expect([...new Set(said)], output).to.have.length(1);
    expect(said[0]).to.match(/\(HTTP 403\)\. Give the account that the provider runs as the right to manage users/);
    for (const email of [ann, bob]) expect((await platform().findByEmail(email))?.enabled).to.equal(false);
    expect(await second()).to.equal(0);
    platform().behave();
    // Suspended until now, and ended before the accounts are active again.
    await stack().up(program(true));
    expect(await second()).to.equal(0);
  });

  it("fail a step with `required` until they are ended, and no account is activated before", async () => {
    await stack().up(program(true));
    const sessions = await open();
    await stack().setConfig("wallaroo:endSessions", "required");
    platform().clearLog();
    platform().misbehave({ on: "endSessions", times: 1e9, when: "before", what: FORBIDDEN });
    const cut = await stack().upFails(program(false), { continueOnError: true });
    for (const email of [ann, bob]) {
      expect(cut.output).to.match(new RegExp(`Could not end the sessions of ${email}: .*\\(HTTP 403\\)`));
      expect((await platform().findByEmail(email))?.enabled).to.equal(false);
    }
    const back = await stack().upFails(program(true), { continueOnError: true });
    for (const email of [ann, bob]) {
      expect(back.output).to.match(
        new RegExp(`Could not activate ${email}: its sessions could not be ended before that`),
      );
    }
    await stack().refresh();
    expect(writes()).to.have.members([`deactivate ${ann}`, `deactivate ${bob}`]);
    platform().behave();
    expect((await stack().up(program(false))).changes).to.include({ update: 2 });
    await stack().preview(program(false), { expectNoChanges: true });
    for (const email of [ann, bob]) await platform().setEnabled(email, true);
    expect(await sessions()).to.equal(0);
  });
});
