import { expect } from "chai";
import { WallarooTeam, WallarooUser } from "pulumi-wallaroo";
import { scenario } from "./stack";

const people = (count: number) => Array.from({ length: count }, (_, index) => `p${index}@example.com`);
const users = (count: number) => () => {
  for (const email of people(count)) new WallarooUser(email, { email });
};

describe("the cost of many accounts", function () {
  this.timeout(180_000);
  const { platform, stack } = scenario();
  const count = (call: "token" | "query" | "invite") => platform().requests(call).length;

  it("is one write a user, joined confirmations, and two requests for a refresh of all", async () => {
    // Slow enough for requests to pile up.
    platform().latencyMs = 200;
    await stack().up(users(100), { parallel: 64 });
    platform().latencyMs = 0;
    expect(count("invite")).to.equal(100);
    expect(count("token")).to.equal(1);
    expect(platform().maxConcurrent, "wallaroo:maxConcurrency, whatever --parallel says").to.be.at.most(8);
    // One to see who is there (again after 5 s), and 100/32 confirmations. More where the machine is slow: how many
    // exactly is for the tests of the batcher, which have a clock of their own.
    expect(count("query")).to.be.at.most(100 / 4);
    platform().clearLog();
    await stack().up(users(100), { expectNoChanges: true });
    expect(platform().log).to.deep.equal([]);
    await stack().refresh({ expectNoChanges: true });
    expect(platform().log.map((entry) => entry.call)).to.deep.equal(["token", "query"]);
  });

  it("is at most 1,200 bytes of a WallarooUser in the state, and 250 of a member of a team", async () => {
    await stack().up(() => {
      const [ann = "", ...others] = people(201);
      new WallarooUser(ann, { email: ann, password: "Ss-a-password-of-ann", firstName: "Ann", lastName: "Example" });
      new WallarooTeam("team", { members: Object.fromEntries(others.map((email) => [email, {}])) });
    });
    const resources = stack().checkpoint();
    const bytes = (type: string) => {
      const found = resources.find((resource) => resource.type.endsWith(type));
      return Buffer.byteLength(JSON.stringify(found?.inputs)) + Buffer.byteLength(JSON.stringify(found?.outputs));
    };
    expect(bytes(":User")).to.be.within(300, 1_200);
    expect(bytes(":Team") / 200).to.be.within(50, 250);
  });
});
