import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { expect } from "chai";
import { WallarooUser } from "pulumi-wallaroo";
import { startPlatform, type Platform } from "../emulator/platform";
import { FAULTS, IS_WHOLE, printMatrix } from "../integration/faults/faults";
import { FaultProxy } from "../integration/faults/proxy";
import { NativeUser, pluginLookingFor } from "./native";
import { CI, TestStack, configOf, type Attempt } from "./stack";

const [ann, bob, carl, outsider] = ["ann@example.com", "bob@example.com", "carl@example.com", "outsider@example.com"];

/** How long an account is looked for. */
const LOOKING_MS = 2_500;

/** One of the two ways in which the engine reaches the same core. */
interface Adapter {
  User: new (
    name: string,
    inputs: { email: string; enabled?: boolean; firstName?: string; adopt?: boolean },
  ) => unknown;
  type: string;
  options: { lookingMs: number } | { plugin: string };
}

const DYNAMIC: Adapter = { User: WallarooUser, type: WallarooUser.type, options: { lookingMs: LOOKING_MS } };
const nativeIn = (plugin: string): Adapter => ({ User: NativeUser, type: "wallaroo:index:User", options: { plugin } });

const OPERATIONS = ["up", "refresh", "destroy"] as const;
type Operation = (typeof OPERATIONS)[number];

/** A fault, and which request of the operation it hits, counted from 1. */
interface Hit {
  fault: string;
  nth: number;
}

/** What one case came to: the requests of the operation, its cell in the matrix, and what is wrong. */
interface Case {
  seen: string[];
  mark: string;
  wrong: string[];
}

/**
 * One stack that goes to and fro between two programs: each `up` creates one account, activates or deactivates and renames
 * another and deletes a third, so that every kind of request is in it. At rest in between it is refreshed, or destroyed
 * and made anew.
 */
class Swing {
  #isThere = false;

  private constructor(
    readonly platform: Platform,
    readonly proxy: FaultProxy,
    readonly stack: TestStack,
    private readonly adapter: Adapter,
  ) {}

  static async start(adapter: Adapter): Promise<Swing> {
    const platform = await startPlatform();
    await platform.addUser({ ...CI, admin: true });
    await platform.addUser({ email: outsider });
    const proxy = new FaultProxy(platform.url);
    await proxy.start();
    const config = configOf(proxy.url, {
      // Refresh and destroy have it of the last up: long enough for one without a fault on a slow machine.
      "wallaroo:requestTimeout": "4",
      "wallaroo:maxRetries": "3",
    });
    const swing = new Swing(platform, proxy, await TestStack.create({ config, ...adapter.options }), adapter);
    await swing.up(undefined);
    return swing;
  }

  /** One `up` to the other program with the fault in it, and clean ones until it is there. */
  async up(hit: Hit | undefined): Promise<Case> {
    const { platform, stack } = this;
    this.#isThere = !this.#isThere;
    const [joins, leaves] = this.#isThere ? [bob, carl] : [carl, bob];
    // Deactivated by the last but one: gone, so that an invite has to be sent.
    if ((await platform.findByEmail(joins)) !== undefined) await platform.remove(joins);
    const up = (adopt = false) => stack.attempt("up", this.#program(joins, adopt), { parallel: 1 });
    const { first, seen, wrong } = await this.#meet(hit, () => up());
    let mark = first.ok ? "." : "e";
    if (!first.ok) {
      let again = await up();
      if (!again.ok && again.output.includes("write `adopt: true`")) {
        mark = "a";
        again = await up(true);
      }
      if (!again.ok) wrong.push(`a clean up failed: ${again.output}`);
    }
    const invites = platform.requests("invite").filter((entry) => entry.result === 200);
    if (hit !== undefined && invites.length !== 1) wrong.push(`${invites.length} invites were acted on`);
    await this.#expect({ [ann]: !this.#isThere, [joins]: true, [leaves]: false }, wrong);
    const name = (await platform.findByEmail(ann))?.firstName;
    if (name !== this.#name) wrong.push(`${ann} is called ${name}, not ${this.#name}`);
    return { seen, mark: wrong.length > 0 ? "X" : mark, wrong };
  }

  /** A `refresh` with the fault in it, which must lose no user. */
  async refresh(hit: Hit | undefined): Promise<Case> {
    const { first, seen, wrong } = await this.#meet(hit, () => this.stack.attempt("refresh"));
    const again = await this.stack.attempt("refresh", { expectNoChanges: true });
    if (!again.ok) wrong.push(`a clean refresh found changes: ${again.output}`);
    const { resources } = await this.stack.export();
    const people = resources.filter(({ type }) => type === this.adapter.type);
    if (people.length !== 2) wrong.push(`${people.length} people are in the state, not 2`);
    if (this.platform.writes().length > 0) wrong.push("a refresh changed somebody");
    return { seen, mark: wrong.length > 0 ? "X" : first.ok ? "." : "e", wrong };
  }

  /** A `destroy` with the fault in it, a clean one, and the stack made anew. */
  async destroy(hit: Hit | undefined): Promise<Case> {
    const { platform, stack } = this;
    // Both are active, so that two of them are deactivated.
    if (this.#isThere) await this.up(undefined);
    const { first, seen, wrong } = await this.#meet(hit, () => stack.attempt("destroy", { parallel: 1 }));
    const again = first.ok ? first : await stack.attempt("destroy");
    if (!again.ok) wrong.push(`a clean destroy failed: ${again.output}`);
    await this.#expect({ [ann]: false, [carl]: false }, wrong);
    const mark = wrong.length > 0 ? "X" : first.ok ? "." : "e";
    for (const email of [ann, bob, carl]) {
      if ((await platform.findByEmail(email)) !== undefined) await platform.remove(email);
    }
    this.#isThere = true;
    wrong.push(...(await this.up(undefined)).wrong);
    return { seen, mark, wrong };
  }

  async stop(): Promise<void> {
    this.stack.remove();
    await this.proxy.stop();
    await this.platform.close();
  }

  /** Runs the operation with the fault in it, and looks at how it ended. */
  async #meet(hit: Hit | undefined, operation: () => Promise<Attempt>) {
    const { platform, proxy } = this;
    platform.clearLog();
    const from = proxy.seen.length;
    const fault = hit === undefined ? undefined : FAULTS[hit.fault];
    if (hit !== undefined && fault !== undefined) proxy.order(hit.nth, fault, hit.nth === 1 ? 3_000 : 150);
    const startedMs = performance.now();
    const first = await operation();
    const seconds = (performance.now() - startedMs) / 1000;
    const seen = proxy.seen.slice(from);
    proxy.clear();
    const wrong: string[] = [];
    if (hit !== undefined && proxy.hits === 0) wrong.push("the fault was not met");
    if (seconds > 120) wrong.push(`took ${seconds} s`);
    if (!first.ok && !/Could not .*\. [A-Z]/.test(first.output)) wrong.push(`unclear: ${first.output}`);
    if (/\n\s+at /.test(first.output)) wrong.push(`a stack trace: ${first.output}`);
    if (first.output.includes(CI.password)) wrong.push("a password was printed");
    if (hit === undefined && !first.ok) wrong.push(`failed without a fault: ${first.output}`);
    return { first, seen, wrong };
  }

  async #expect(wanted: Record<string, boolean>, wrong: string[]): Promise<void> {
    for (const [email, enabled] of Object.entries({ ...wanted, [outsider]: true })) {
      const user = await this.platform.findByEmail(email);
      if (user !== undefined && user.enabled !== enabled) wrong.push(`${email} is ${user.enabled}, not ${enabled}`);
      if (user === undefined && enabled) wrong.push(`${email} is not there`);
    }
    const touched = this.platform.writes().filter((entry) => (entry.body as { email: string }).email === outsider);
    if (touched.length > 0) wrong.push("an outsider was touched");
  }

  get #name(): string {
    return this.#isThere ? "Ann" : "Anna";
  }

  #program(joins: string, adopt: boolean) {
    const inputs = { email: ann, enabled: !this.#isThere, firstName: this.#name };
    const { User } = this.adapter;
    return () => {
      new User("ann", inputs);
      new User(joins, { email: joins, adopt });
    };
  }
}

/** A request of an operation, counted from 1. */
interface Point {
  operation: Operation;
  nth: number;
  name: string;
  key: string;
}

/** All requests of the operations, each of which goes well. */
async function findPoints(swing: Swing): Promise<Point[]> {
  const points: Point[] = [];
  for (const operation of OPERATIONS) {
    const { seen, wrong } = await swing[operation](undefined);
    expect(wrong).to.deep.equal([]);
    seen.forEach((call, index) =>
      points.push({ operation, nth: index + 1, name: `${operation}:${call}`, key: `${operation}.${index + 1}` }),
    );
  }
  return points;
}

describe("a fault on the wire in an operation of the real engine", function () {
  this.timeout(IS_WHOLE ? 7_200_000 : 1_800_000);

  it("ends it right or with a clear error, and the next run reaches what is declared", async () => {
    const swings = await Promise.all([Swing.start(DYNAMIC), Swing.start(DYNAMIC)]);
    try {
      const points = await findPoints(swings[0]);
      const rows = Object.keys(FAULTS);
      const cases = rows
        .flatMap((fault, row) => points.map((point, column) => ({ fault, row, column, ...point })))
        // Every fault once and every request at least once; all of them when asked for.
        .filter(({ row, column }) => IS_WHOLE || row % points.length === column || column % rows.length === row);
      const cells = new Map<string, string>();
      const wrong: string[] = [];
      let next = 0;
      const work = async (swing: Swing) => {
        for (let one = cases[next++]; one !== undefined; one = cases[next++]) {
          const result = await swing[one.operation](one);
          cells.set(`${one.fault}|${one.key}`, result.mark);
          for (const problem of result.wrong) wrong.push(`${one.fault} at ${one.name} (${one.key}): ${problem}`);
        }
      };
      await Promise.all(swings.map(work));
      printMatrix(
        "faults x requests of the engine's operations (. right at once, e clear error, a `adopt: true` was needed, X wrong, - not run)",
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
      expect(count("a"), "a lost answer is no reason to ask a person").to.equal(0);
      expect(new Set(cases.map(({ fault }) => fault)).size).to.equal(Object.keys(FAULTS).length);
      expect(new Set(cases.map(({ column }) => column)).size).to.equal(points.length);
    } finally {
      for (const swing of swings) await swing.stop();
    }
  });

  it("ends it so through the native plugin too, when the answer to a write is lost in whatever way", async () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "pulumi-wallaroo-plugin-"));
    await pluginLookingFor(LOOKING_MS, folder);
    const swing = await Swing.start(nativeIn(folder));
    try {
      const points = await findPoints(swing);
      const writes = points.filter(({ name }) => /:(invite|activate|deactivate)$/.test(name));
      expect(writes.map(({ name }) => name)).to.include.members(["up:invite", "up:deactivate", "destroy:deactivate"]);
      const faults = ["reset after", "half a body", "captive after", "500 after"];
      const share = writes.map((point, index) => ({ ...point, fault: faults[index % faults.length] ?? "" }));
      const all = Object.keys(FAULTS).flatMap((fault) => points.map((point) => ({ ...point, fault })));
      for (const { operation, nth, name, fault } of IS_WHOLE ? all : share) {
        const { wrong, mark } = await swing[operation]({ fault, nth });
        expect(wrong, `${fault} at ${name}`).to.deep.equal([]);
        expect(mark, `${fault} at ${name}: a lost answer is no reason to ask a person`).to.not.equal("a");
      }
    } finally {
      await swing.stop();
      fs.rmSync(folder, { recursive: true });
    }
  });
});
