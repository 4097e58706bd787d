import { expect } from "chai";
import { WallarooTeam, WallarooUser } from "pulumi-wallaroo";
import { scenario } from "./stack";

const people = ["ann@example.com", "bob@example.com", "cleo@example.com"];
const members = ["dora@example.com", "emil@example.com"];

describe("another platform behind the URL", function () {
  this.timeout(180_000);
  const { platform, stack } = scenario();
  const program = () => {
    for (const email of people) new WallarooUser(email, { email });
    new WallarooTeam("team", { members: Object.fromEntries(members.map((email) => [email, {}])) });
  };

  it("takes no account out of the state at refresh, and destroy does not say that it is done", async () => {
    await stack().up(program);
    const before = await stack().export();
    for (const email of [...people, ...members]) await platform().remove(email);
    const host = platform().url.replace("http://", "");
    const words = `not one of these accounts, which the state knows, is on ${host}`;
    const { output } = await stack().refreshFails();
    expect(output).to.contain(words);
    expect(output).to.match(/`pulumi state delete` for each resource, or `pulumi stack rm --force`/);
    expect((await stack().destroyFails()).output).to.contain(words);
    const after = await stack().export();
    const ids = ({ resources }: typeof before) => resources.map(({ urn, id }) => `${urn} ${id}`).sort();
    expect(ids(after)).to.deep.equal(ids(before));
    expect(
      platform()
        .written()
        .filter((write) => write.startsWith("deactivate")),
    ).to.deep.equal([]);
  });
});
