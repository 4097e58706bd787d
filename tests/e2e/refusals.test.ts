import { expect } from "chai";
import { WallarooTeam, WallarooUser } from "pulumi-wallaroo";
import { scenario } from "./stack";

describe("the refusals of one preview", function () {
  this.timeout(240_000);
  const { platform, stack, writes } = scenario();
  const people = Array.from({ length: 30 }, (_, index) => `p${index}@example.com`);
  const program =
    (...unadopted: string[]) =>
    () => {
      new WallarooUser("new", { email: "new@example.com" });
      for (const email of people) new WallarooUser(email, { email, adopt: !unadopted.includes(email) });
    };

  it("are one message with a line per account in the order of the program, however many the engine takes at once", async () => {
    for (const email of people) await platform().addUser({ email });
    for (const parallel of [undefined, 1, 100]) {
      const { output } = await stack().previewFails(program(...people), parallel === undefined ? {} : { parallel });
      const [, message = ""] = /Diagnostics:[^]*?Nothing was sent, because 30 resources or members can't be created as declared:\n([^]*)/.exec(output) ?? []; // prettier-ignore
      const refused = message.split("\n").slice(0, 30).map((line) => /Could not create (\S+): an active account/.exec(line)?.[1]); // prettier-ignore
      expect(refused, `--parallel ${parallel}`).to.deep.equal(people);
      expect(message.split("\n")[30]).to.match(/If it is the account meant, write `adopt: true`/);
    }
    expect(writes()).to.deep.equal([]);
    // An update of the Automation API has no preview: it fails at the first.
    for (const failed of [
      await stack().previewFails(program("p7@example.com")),
      await stack().upFails(program("p7@example.com")),
    ]) {
      // prettier-ignore
      expect(failed.output).to.match(/Could not create p7@example.com: an active account .* If it is the account meant/);
    }
    await stack().up(program());
    expect(writes()).to.deep.equal(["invite new@example.com"]);
    await stack().preview(program(), { expectNoChanges: true });
  });

  it("name users and members of teams together, and those alone that --target asks for", async () => {
    for (const email of people.slice(0, 3)) await platform().addUser({ email });
    const both = () => {
      new WallarooUser("user", { email: "p0@example.com" });
      new WallarooUser("new", { email: "new@example.com" });
      new WallarooTeam("team", { members: { "p1@example.com": {}, "p2@example.com": { adopt: true } } });
    };
    const { output } = await stack().previewFails(both);
    expect(output).to.match(
      /because 2 resources or members .*\n.*p0@example.com: an active account.*\n.*p1@example.com: an active/,
    );
    const urn = (name: string) => `urn:pulumi:test::people::${WallarooUser.type}::${name}`;
    const targeted = await stack().previewFails(both, { target: [urn("user")] });
    expect(targeted.output)
      .to.match(/Could not create p0@example.com/)
      .and.not.match(/Could not create p1/);
    await stack().preview(both, { target: [urn("new")] });
    expect(writes()).to.deep.equal([]);
  });
});
