import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import { connectTo, declared, onPlatform } from "./platform";

const emails = (count: number) => Array.from({ length: count }, (_, index) => `p${index}@example.com`);

describe("a deactivated account that is activated by hand while its destroy waits for a slow answer", function () {
  this.timeout(60_000);
  const { platform, start, writes } = onPlatform();

  async function createOff(count: number) {
    const { lifecycle } = await start();
    const made = await Promise.all(emails(count).map((email) => lifecycle.create(declared(email, { enabled: false }))));
    platform().clearLog();
    return made;
  }

  it("is deactivated again, as a user and as a member", async () => {
    for (const asTeam of [false, true]) {
      const made = await createOff(2);
      const slow = platform().misbehave({ on: "query", when: "after", what: { delayMs: 1_500 } });
      const run = connectTo(platform());
      const ids = Object.fromEntries(made.map(({ id, state }) => [state.email, id]));
      const details = Object.fromEntries(made.map(({ state }) => [state.email, { enabled: false as const }]));
      const leaving = asTeam
        ? run.team.delete({ ids, details, adopted: {}, initialPasswords: {} }, "team")
        : Promise.all(made.map(({ id, state }) => run.lifecycle.delete(id, state)));
      while (slow.hits === 0) await sleep(20);
      await sleep(200);
      await platform().setEnabled("p0@example.com", true);
      await leaving;
      expect((await platform().findByEmail("p0@example.com"))?.enabled).to.equal(false);
      expect(writes()).to.deep.equal(["deactivate p0@example.com"]);
      expect(platform().requests("query"), "the slow look, one more for both, and the confirmation").to.have.length(3);
    }
  });

  it("costs nothing where answers are quick, and one look for all where they are slow", async () => {
    for (const [delayMs, queries] of [
      [0, 1],
      [1_200, 2],
    ] as const) {
      const made = await createOff(30);
      platform().misbehave({ on: "query", when: "after", times: 9, what: { delayMs } });
      const run = connectTo(platform());
      await Promise.all(made.map(({ id, state }) => run.lifecycle.delete(id, state)));
      expect(platform().requests("query")).to.have.length(queries);
      expect(writes()).to.deep.equal([]);
    }
  });
});
