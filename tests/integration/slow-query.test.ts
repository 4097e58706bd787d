import { expect } from "chai";
import { connectTo, declared, onPlatform } from "./platform";

const emails = (count: number) => Array.from({ length: count }, (_, index) => `p${index}@example.com`);

describe("a query about all accounts that takes longer than a decision may be old", function () {
  this.timeout(60_000);
  const { platform, start } = onPlatform();
  const aboutAll = () =>
    platform()
      .requests("query")
      .filter(({ body }) => !Object.hasOwn(body as object, "user_ids"));
  const delayed = (nth: number, delayMs: number) =>
    platform().misbehave({ on: "query", nth, when: "before", what: { delayMs } });

  it("decides for all that waited for it, and is not asked by every few of them anew", async () => {
    const { team } = await start();
    const people = Object.fromEntries(emails(64).map((email) => [email, {}]));
    const state = await team.apply(undefined, people, "team");
    platform().clearLog();
    delayed(1, 5_200);
    const off = Object.fromEntries(emails(64).map((email) => [email, { enabled: false }]));
    await connectTo(platform()).team.apply(state, off, "team");
    expect(platform().requests("deactivate")).to.have.length(64);
    expect(aboutAll()).to.have.length(1);
  });

  it("shows the roles of all that were invited before it was asked", async () => {
    const { team } = await start();
    // The first answer decides, the second one confirms the invites, the third one shows their roles.
    delayed(3, 5_200);
    const people = Object.fromEntries(emails(30).map((email) => [email, { firstName: "A" }]));
    await team.apply(undefined, people, "team");
    expect(platform().requests("edit")).to.have.length(30);
    expect(aboutAll()).to.have.length(2);
  });

  it("is asked once after all departures for those who wait to take the accounts over", async () => {
    const { lifecycle } = await start();
    const made = await Promise.all(emails(40).map((email) => lifecycle.create(declared(email))));
    const run = connectTo(platform());
    await run.directory.view(0);
    platform().clearLog();
    platform().misbehave({ on: "query", times: 99, when: "before", what: { delayMs: 600 } });
    const leaving = made.map(({ id, state }) => run.lifecycle.delete(id, state));
    const arriving = emails(40).map((email) => run.lifecycle.create(declared(email, { adopt: true })));
    await Promise.all([...leaving, ...arriving]);
    expect(platform().writes()).to.have.length(80);
    expect(aboutAll().length).to.be.at.most(3);
  });
});
