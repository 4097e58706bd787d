import { expect } from "chai";
import { WallarooProvider, WallarooTeam, WallarooUser, type WallarooTeamArgs } from "pulumi-wallaroo";
import { CI, scenario } from "./stack";

const [ann, bob, old] = ["ann@example.com", "bob@example.com", "old@corp.example"];
const people = Array.from({ length: 12 }, (_, index) => `p${index}@example.com`);
const team = (emails: readonly string[]) => Object.fromEntries(emails.map((email) => [email, {}]));

describe("unmanaged accounts and departures through the real engine", function () {
  this.timeout(240_000);
  const { platform, stack, writes } = scenario();
  const isEnabled = async (email: string) => (await platform().findByEmail(email))?.enabled;
  /** Uses the output in preview too, where the engine has inputs in place of outputs. */
  const program = (args: Omit<WallarooTeamArgs, "members">, more?: () => void) => () => {
    const { unmanaged, seats } = new WallarooTeam("staff", {
      members: { [ann]: {} },
      unmanagedDomain: "corp.example",
      ...args,
    });
    more?.();
    return { unmanaged: unmanaged.apply((list) => list.join()), active: seats.active };
  };
  const withBob = () => void new WallarooUser("bob", { email: bob, adopt: true });

  it("are reported, are no drift and no diff, and are cut off by a later up that announces them", async () => {
    for (const email of [bob, old]) await platform().addUser({ email });
    await stack().preview(program({ unmanaged: "report" }, withBob));
    const first = await stack().up(program({ unmanaged: "report" }, withBob));
    expect(first.outputs["unmanaged"]?.value).to.equal(old);
    const seats = (await platform().people()).filter((person) => person.enabled && person.email).length;
    expect(first.outputs["active"]?.value).to.equal(seats);
    await platform().addUser({ email: "new@corp.example" });
    await stack().up(program({ unmanaged: "report" }, withBob), { expectNoChanges: true });
    await stack().refresh({ expectNoChanges: true });

    const program2 = program({ unmanaged: "deactivate" }, withBob);
    const preview = await stack().preview(program2);
    expect(preview.output).to.match(/old@corp\.example gets deactivated, as nothing in the program declares it\.\n/);
    expect(writes()).to.deep.equal([`invite ${ann}`]);
    const second = await stack().up(program2);
    expect(writes()).to.deep.equal([`invite ${ann}`, `deactivate ${old}`]);
    expect(second.outputs["unmanaged"]?.value).to.equal("new@corp.example");
    // The account that is on the list is declared now.
    const withNew = () => {
      withBob();
      new WallarooUser("new", { email: "new@corp.example", adopt: true });
    };
    const underOther = () => {
      withBob();
      const login = { url: platform().url, username: CI.email, password: CI.password };
      const provider = new WallarooProvider("other", login);
      new WallarooUser("new", { email: "new@corp.example", adopt: true }, { provider });
    };
    for (const more of [underOther, withNew]) {
      await stack().up(program({ unmanaged: "deactivate" }, more));
      expect(await isEnabled("new@corp.example")).to.equal(true);
    }

    const late = program({ unmanaged: "deactivate" }, () => {
      withNew();
      const first = new WallarooUser("eve", { email: "eve@example.com" });
      new WallarooUser("late", { email: first.email.apply((email) => `x-${email}`) });
    });
    const refused = await stack().previewFails(late);
    expect(refused.output).to.match(
      /has to know every address that the program declares, and those of late are known late/,
    );
    expect(writes()).to.have.length(2);
  });

  it("are refused in preview beyond maxDepartures, which also says whether a team may be emptied", async () => {
    const science = (emails: readonly string[], maxDepartures?: WallarooTeamArgs["maxDepartures"]) => () =>
      void new WallarooTeam("science", {
        members: team(emails),
        ...(maxDepartures === undefined ? {} : { maxDepartures }),
      });
    await stack().up(science(people));
    platform().clearLog();
    const refused = await stack().previewFails(science(people.slice(4)));
    expect(refused.output).to.match(
      /deactivate 4 of 12 active accounts \(not declared any more: p0@example\.com, p1@.*`maxDepartures: 4`/,
    );
    expect((await stack().previewFails(science([]))).output).to.match(/Could not empty.*`maxDepartures: 12`/);
    expect(platform().writes()).to.deep.equal([]);
    await stack().up(science(people.slice(4), "50%"));
    expect(platform().writes()).to.have.length(4);
    await stack().up(science([], 8));
    expect(platform().writes()).to.have.length(12);
  });
});
