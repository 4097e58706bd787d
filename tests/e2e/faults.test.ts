import { expect } from "chai";
import { WallarooUser } from "pulumi-wallaroo";
import { startPlatform, type Platform } from "../emulator/platform";
import { FAULTS, printMatrix } from "../integration/faults/faults";
import { FaultProxy } from "../integration/faults/proxy";
import { CI, TestStack } from "./stack";

const [ann, bob, carl, outsider] = ["ann@example.com", "bob@example.com", "carl@example.com", "outsider@example.com"];
/** Set to run each fault at each request instead of at every fourth: some 20 minutes. */
const IS_WHOLE = process.env["WHOLE_MATRIX"] === "1";

/**
 * One stack that goes to and fro between two programs: each `up` creates one person, updates another and deletes a
 * third, so that every kind of request is in it.
 */
class Swing {
  #isThere = false;

  private constructor(
    readonly platform: Platform,
    readonly proxy: FaultProxy,
    readonly stack: TestStack,
  ) {}

  static async start(): Promise<Swing> {
    const platform = await startPlatform();
    await platform.addUser({ ...CI, admin: true });
    await platform.addUser({ email: outsider });
    const proxy = new FaultProxy(platform.url);
    await proxy.start();
    const config = {
      "wallaroo:url": proxy.url,
      "wallaroo:username": CI.email,
      "secret:wallaroo:password": CI.password,
      "wallaroo:requestTimeout": "1",
      "wallaroo:maxRetries": "3",
    };
    const swing = new Swing(platform, proxy, await TestStack.create({ config }));
    await swing.swing(undefined);
    return swing;
  }

  /** One `up` to the other program with the fault in it, then clean ones. Answers the requests, a mark, and what is wrong. */
  async swing(
    fault: { name: string; nth: number } | undefined,
  ): Promise<{ seen: string[]; mark: string; wrong: string[] }> {
    const { platform, proxy, stack } = this;
    this.#isThere = !this.#isThere;
    const [joins, leaves] = this.#isThere ? [bob, carl] : [carl, bob];
    // Deactivated by the last but one: gone, so that an invite has to be sent.
    if ((await platform.findByEmail(joins)) !== undefined) await platform.remove(joins);
    platform.clearLog();
    const from = proxy.seen.length;
    const wire = fault === undefined ? undefined : FAULTS[fault.name];
    if (fault !== undefined && wire !== undefined) proxy.order(fault.nth, wire, fault.nth === 1 ? 3_000 : 150);
    const startedMs = performance.now();
    const first = await stack.up(this.#program(joins, false), { parallel: 1 });
    const seconds = (performance.now() - startedMs) / 1000;
    const seen = proxy.seen.slice(from);
    proxy.clear();
    const wrong: string[] = [];
    if (seconds > 60) wrong.push(`took ${seconds} s`);
    if (!first.ok && !/Could not .*\. [A-Z]/.test(first.output)) wrong.push(`unclear: ${first.output}`);
    if (/\n\s+at /.test(first.output)) wrong.push(`a stack trace: ${first.output}`);
    if (first.output.includes(CI.password)) wrong.push("a password was printed");
    let mark = first.ok ? "." : "e";
    if (!first.ok) {
      let again = await stack.up(this.#program(joins, false), { parallel: 1 });
      if (!again.ok && again.output.includes("write `adopt: true`")) {
        mark = "a";
        again = await stack.up(this.#program(joins, true), { parallel: 1 });
      }
      if (!again.ok) wrong.push(`a clean up failed: ${again.output}`);
    }
    const invites = platform.requests("invite").filter((entry) => entry.status === 200);
    if (fault !== undefined && invites.length !== 1) wrong.push(`${invites.length} invites were acted on`);
    const wanted = { [ann]: !this.#isThere, [joins]: true, [leaves]: false, [outsider]: true };
    for (const [email, enabled] of Object.entries(wanted)) {
      const user = await platform.findByEmail(email);
      if (user !== undefined && user.enabled !== enabled) wrong.push(`${email} is ${user.enabled}, not ${enabled}`);
      if (user === undefined && enabled) wrong.push(`${email} is not there`);
    }
    const touched = platform.writes().filter((entry) => (entry.body as { email: string }).email === outsider);
    if (touched.length > 0) wrong.push("an outsider was touched");
    return { seen, mark: wrong.length > 0 ? "X" : mark, wrong };
  }

  async stop(): Promise<void> {
    this.stack.remove();
    await this.proxy.stop();
    await this.platform.close();
  }

  #program(joins: string, adopt: boolean) {
    const enabled = !this.#isThere;
    return () => {
      new WallarooUser("ann", { email: ann, enabled });
      new WallarooUser(joins, { email: joins, adopt });
    };
  }
}

describe("a fault on the wire in an up of the real engine", function () {
  this.timeout(IS_WHOLE ? 3_600_000 : 590_000);

  it("ends it right or with a clear error, and the next up reaches what is declared", async () => {
    const swings = await Promise.all([Swing.start(), Swing.start()]);
    try {
      const { seen } = await swings[0].swing(undefined);
      const points = seen.map((name, index) => ({ name, key: `${index + 1}` }));
      const cases = Object.keys(FAULTS)
        .flatMap((name, row) => points.map((_, column) => ({ name, row, nth: column + 1 })))
        // Every fault somewhere and every request several times; all of them when asked for.
        .filter(({ row, nth }) => IS_WHOLE || (row + nth) % 4 === 0);
      const cells = new Map<string, string>();
      const wrong: string[] = [];
      let next = 0;
      const work = async (swing: Swing) => {
        for (let one = cases[next++]; one !== undefined; one = cases[next++]) {
          const result = await swing.swing(one);
          cells.set(`${one.name}|${one.nth}`, result.mark);
          for (const problem of result.wrong) wrong.push(`${one.name} at request ${one.nth}: ${problem}`);
        }
      };
      await Promise.all(swings.map(work));
      printMatrix(
        "faults x requests of one up (. right at once, e clear error, a `adopt: true` was needed, X wrong, - not run)",
        points,
        cells,
      );
      const marks = [...cells.values()];
      const count = (mark: string) => marks.filter((other) => other === mark).length;
      process.stdout.write(
        `  ${marks.length} of ${Object.keys(FAULTS).length * points.length} cases, ${marks.length - count("X")} survived, ` +
          `${count("a")} of them by adopt: true\n`,
      );
      expect(wrong).to.deep.equal([]);
      expect(new Set(cases.map(({ name }) => name)).size).to.equal(Object.keys(FAULTS).length);
    } finally {
      for (const swing of swings) await swing.stop();
    }
  });
});
