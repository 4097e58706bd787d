import { isWallarooError } from "../../../provider/api/errors";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { expect } from "chai";
import type { TeamState } from "../../../provider/team/model";
import type { KnownUser, UserInputs } from "../../../provider/user/model";
import { startPlatform, type Platform } from "../../emulator/platform";
import { connectTo } from "../platform";
import { findHalfDone } from "../../../provider/user/partial-failure";
import { teamFailureOf } from "../../failures";
import { oneOfEachKind, onePerProgram, Steps, sweep, type Case, type Point } from "./faults";
import { FaultProxy, type WireFault } from "./proxy";

/** One way in which programs are applied, one after the other, and what it keeps between them. */
export interface Applier {
  /** One run of a program, with these settings. Answers what failed, a message each. */
  run: (platform: Platform, settings: Record<string, string>, declared: UserInputs[]) => Promise<string[]>;
  isStored: (email: string) => boolean;
  /** One more that keeps what this one has kept so far. */
  copy: () => Applier;
}

/** Shorter than a user has to wait. */
const TIMES = { lookingMs: 5_000 };

/** All of them in one team. */
export function teamApplier(before?: TeamState): Applier {
  let stored = structuredClone(before);
  return {
    copy: () => teamApplier(stored),
    isStored: (email) => Object.hasOwn(stored?.ids ?? {}, email),
    async run(platform, settings, declared) {
      const members = Object.fromEntries(declared.map(({ email, ...inputs }) => [email, inputs]));
      try {
        stored = await connectTo(platform, settings, TIMES).team.apply(stored, members, 'team "x"');
        return [];
      } catch (error) {
        // A look before the first step, such as at what a leaver owns: nothing is done then.
        if (isWallarooError(error) && error.kind !== "membersFailed") return [error.message];
        const { reasons, state } = teamFailureOf(error);
        if (state !== undefined) stored = state;
        return [...reasons];
      }
    },
  };
}

/** Each a resource, as the engine would do it: creates and updates, then deletes. Failures do not stop the others. */
export function userApplier(before: ReadonlyMap<string, KnownUser> = new Map()): Applier {
  const stored = new Map(structuredClone(before));
  return {
    copy: () => userApplier(stored),
    isStored: (email) => stored.has(email),
    async run(platform, settings, declared) {
      const { lifecycle } = connectTo(platform, settings, TIMES);
      const steps = new Steps();
      for (const inputs of declared) {
        await steps.attempt(async () => {
          const known = stored.get(inputs.email);
          try {
            if (known === undefined) stored.set(inputs.email, await lifecycle.create(inputs));
            else
              stored.set(inputs.email, { id: known.id, state: await lifecycle.update(known.id, known.state, inputs) });
          } catch (error) {
            const half = findHalfDone(error);
            if (half !== undefined) stored.set(inputs.email, half);
            throw error;
          }
        });
      }
      if (steps.failures.length > 0) return steps.failures;
      for (const [email, known] of stored) {
        if (declared.some((inputs) => inputs.email === email)) continue;
        await steps.attempt(async () => {
          await lifecycle.delete(known.id, known.state);
          stored.delete(email);
        });
      }
      return steps.failures;
    },
  };
}

const person = (email: string, enabled = true): UserInputs => ({ email, enabled });
/** Three programs after each other: every kind of request in every place. */
const PROGRAMS = [
  [person("ann@example.com"), person("bob@example.com", false)],
  [person("ann@example.com", false), person("bob@example.com"), person("old@example.com")],
  [person("ann@example.com")],
];

/**
 * A suite with faults at the requests of three programs of `subject`: {@link oneOfEachKind}.
 *
 * @param share runs one case of so many instead, always the same ones: those in which the numbers of fault and request add
 *   up to a multiple of it. With fewer than there are faults, and than requests, each of both is in it.
 */
export function describeMatrix(subject: string, createApplier: () => Applier, share?: number): void {
  describe(`a fault at every request of the lifecycle of ${subject}`, function () {
    this.timeout(1_200_000);
    const settings = (url: string, timeout = 20) => ({
      "wallaroo:url": url,
      "wallaroo:requestTimeout": String(timeout),
      "wallaroo:maxRetries": "3",
      // One after the other, so that the n-th request is always the same.
      "wallaroo:maxConcurrency": "1",
    });

    /** What the programs before one of them leave: they are run once, and every scenario begins with a copy of it. */
    const before = onePerProgram(async (program) => {
      const platform = await startPlatform();
      const outsider = await platform.addUser({ email: "outsider@example.com" });
      await platform.addUser({ email: "old@example.com", enabled: false });
      const applier = createApplier();
      const failures: string[] = [];
      for (const declared of PROGRAMS.slice(0, program))
        failures.push(...(await applier.run(platform, settings(platform.url), declared)));
      await platform.close();
      expect(failures).to.deep.equal([]);
      return { platform, outsider, applier };
    });

    /** A scenario on a platform of its own; the fault hits the n-th request of one of the programs. */
    async function play(program: number, nth: number, fault: WireFault | undefined) {
      const { platform: copyOf, outsider, applier: begun } = await before(program);
      const platform = await startPlatform({ copyOf });
      const applier = begun.copy();
      const proxy = new FaultProxy(platform.url);
      await proxy.start();
      try {
        const runAt = (url: string, declared: UserInputs[], timeout?: number) =>
          applier.run(platform, settings(url, timeout), declared);
        if (fault !== undefined) proxy.order(nth, fault);
        const startedMs = performance.now();
        const declared = PROGRAMS[program] ?? [];
        // Short only where it is to run out.
        const failures = await runAt(proxy.url, declared, fault?.kind === "hang" ? 1 : undefined);
        const seconds = (performance.now() - startedMs) / 1000;
        const requests = [...proxy.seen];
        const after = fault === undefined ? [] : await runAt(platform.url, declared);
        const wrong: string[] = [];
        // Retries of one request end after 180 s, and take 10 s where all is well.
        if (seconds > 150) wrong.push(`took ${seconds} s`);
        if (fault !== undefined && proxy.hits === 0) wrong.push("the fault was not met");
        for (const message of failures)
          if (!/^Could not .*\. [A-Z].*\.$/s.test(message) || message.length > 3000) wrong.push(`unclear: ${message}`);
        if (after.length > 0) wrong.push(`a clean run failed: ${after.join()}`);
        for (const email of ["ann@example.com", "bob@example.com", "old@example.com"]) {
          const user = await platform.findByEmail(email);
          const invites = platform
            .requests("invite")
            .filter((entry) => (entry.body as UserInputs).email === email && entry.result === 200);
          if (invites.length > 1) wrong.push(`${email} was invited ${invites.length} times`);
          const wanted =
            declared.find((inputs) => inputs.email === email)?.enabled ??
            (applier.isStored(email) || program === 0 ? undefined : false);
          if (wanted !== undefined && user?.enabled !== wanted && fault !== undefined)
            wrong.push(`${email} is ${user?.enabled}, not ${wanted}`);
        }
        const other = await platform.findByEmail("outsider@example.com");
        if (other?.id !== outsider || !other.enabled) wrong.push("an outsider was touched");
        return { requests, failures, wrong };
      } finally {
        await proxy.stop();
        await platform.close();
      }
    }

    it("ends right or with a clear error, and one more run is right: no account is invited twice, no outsider touched", async () => {
      const points: Point[] = [];
      for (const program of PROGRAMS.keys()) {
        const { requests } = await play(program, 0, undefined);
        requests.forEach((request, index) => points.push({ program, nth: index + 1, request }));
      }
      const choose = (cases: readonly Case[]) =>
        share === undefined ? oneOfEachKind(cases) : cases.filter(({ row, column }) => (row + column) % share === 0);
      await sweep(subject, points, ({ program, nth }, fault) => play(program, nth, fault), choose);
    });

    if (share !== undefined) return;

    it("never carries the token to another host by a redirect", async () => {
      const reached: string[] = [];
      const other = http.createServer((request, response) => {
        reached.push(request.headers.authorization ?? "nothing");
        response.end("{}");
      });
      await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
      try {
        const location = `http://127.0.0.1:${(other.address() as AddressInfo).port}/`;
        for (const status of [301, 302, 307, 308]) {
          for (let nth = 1; nth <= 4; nth += 1) {
            const { wrong } = await play(0, nth, { kind: "answer", status, body: "", headers: { location } });
            expect(wrong).to.deep.equal([]);
          }
        }
        expect(reached).to.deep.equal([]);
      } finally {
        other.close();
      }
    });
  });
}
