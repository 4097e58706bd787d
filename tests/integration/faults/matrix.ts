import http from "node:http";
import type { AddressInfo } from "node:net";
import { expect } from "chai";
import type { TeamState } from "../../../provider/team/model";
import type { KnownUser, UserInputs } from "../../../provider/user/model";
import { startPlatform, type Platform } from "../../emulator/platform";
import { connectTo } from "../platform";
import { findHalfDone } from "../../../provider/user/partial-failure";
import { teamFailureOf } from "../../failures";
import { FAULTS, printMatrix } from "./faults";
import { FaultProxy, type WireFault } from "./proxy";

/** What the engine keeps between two runs. */
interface Stored {
  users: Map<string, KnownUser>;
  team?: TeamState;
}
/** One run of a program. Answers what failed, a message each. */
type Run = (provider: ReturnType<typeof connectTo>, stored: Stored, declared: UserInputs[]) => Promise<string[]>;

const RUNS: Record<"WallarooUser" | "WallarooTeam", Run> = { WallarooUser: runUsers, WallarooTeam: runTeam };

/** All of them in one team. */
async function runTeam(
  { team }: ReturnType<typeof connectTo>,
  stored: Stored,
  declared: UserInputs[],
): Promise<string[]> {
  const members = Object.fromEntries(declared.map(({ email, ...inputs }) => [email, inputs]));
  try {
    stored.team = await team.apply(stored.team, members, 'team "x"');
    return [];
  } catch (error) {
    const { reasons, state } = teamFailureOf(error);
    if (state !== undefined) stored.team = state;
    return [...reasons];
  }
}

/** Each a resource, as the engine would do it: creates and updates, then deletes. Failures do not stop the others. */
async function runUsers(
  { lifecycle }: ReturnType<typeof connectTo>,
  { users: stored }: Stored,
  declared: UserInputs[],
): Promise<string[]> {
  const failures: string[] = [];
  const attempt = async (body: () => Promise<void>) => {
    try {
      await body();
    } catch (error) {
      if (!(error instanceof Error)) throw new Error("something that is no Error was thrown", { cause: error });
      failures.push(error.message);
    }
  };
  for (const inputs of declared) {
    await attempt(async () => {
      const known = stored.get(inputs.email);
      try {
        if (known === undefined) stored.set(inputs.email, await lifecycle.create(inputs));
        else stored.set(inputs.email, { id: known.id, state: await lifecycle.update(known.id, known.state, inputs) });
      } catch (error) {
        const half = findHalfDone(error);
        if (half !== undefined) stored.set(inputs.email, half);
        throw error;
      }
    });
  }
  if (failures.length > 0) return failures;
  for (const [email, known] of stored) {
    if (declared.some((inputs) => inputs.email === email)) continue;
    await attempt(async () => {
      await lifecycle.delete(known.id, known.state);
      stored.delete(email);
    });
  }
  return failures;
}

function isStored({ users, team }: Stored, email: string): boolean {
  return users.has(email) || Object.hasOwn(team?.ids ?? {}, email);
}

const person = (email: string, enabled = true): UserInputs => ({ email, enabled });
/** Three programs after each other: every kind of request in every place. */
const PROGRAMS = [
  [person("ann@example.com"), person("bob@example.com", false)],
  [person("ann@example.com", false), person("bob@example.com"), person("old@example.com")],
  [person("ann@example.com")],
];

/** A suite with every fault at every request of three programs of users, or of one team. */
export function describeMatrix(resource: keyof typeof RUNS): void {
  describe(`a fault at every request of the lifecycle of a ${resource}`, function () {
    this.timeout(1_200_000);
    const run = (url: string, platform: Platform, stored: Stored, declared: UserInputs[], timeout = 20) =>
      RUNS[resource](
        connectTo(
          platform,
          {
            "wallaroo:url": url,
            "wallaroo:requestTimeout": String(timeout),
            "wallaroo:maxRetries": "3",
            // One after the other, so that the n-th request is always the same.
            "wallaroo:maxConcurrency": "1",
          },
          { lookingMs: 2_500 },
        ),
        stored,
        declared,
      );

    /** A scenario on a platform of its own; the fault hits the n-th request of one of the programs. */
    async function play(program: number, nth: number, fault: WireFault | undefined) {
      const platform = await startPlatform();
      const proxy = new FaultProxy(platform.url);
      await proxy.start();
      try {
        const outsider = await platform.addUser({ email: "outsider@example.com" });
        await platform.addUser({ email: "old@example.com", enabled: false });
        const stored: Stored = { users: new Map() };
        for (const declared of PROGRAMS.slice(0, program)) await run(proxy.url, platform, stored, declared);
        const before = proxy.seen.length;
        if (fault !== undefined) proxy.order(nth, fault);
        const startedMs = performance.now();
        const declared = PROGRAMS[program] ?? [];
        // Short only where it is to run out.
        const failures = await run(proxy.url, platform, stored, declared, fault?.kind === "hang" ? 1 : undefined);
        const seconds = (performance.now() - startedMs) / 1000;
        const requests = proxy.seen.slice(before);
        proxy.clear();
        const after = fault === undefined ? [] : await run(proxy.url, platform, stored, declared);
        const wrong: string[] = [];
        if (seconds > 60) wrong.push(`took ${seconds} s`);
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
            (isStored(stored, email) || program === 0 ? undefined : false);
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
      const points: { program: number; nth: number; request: string }[] = [];
      for (const program of PROGRAMS.keys()) {
        const { requests } = await play(program, 0, undefined);
        requests.forEach((request, index) => points.push({ program, nth: index + 1, request }));
      }
      const cases = Object.keys(FAULTS).flatMap((fault) => points.map((point) => ({ fault, point })));
      const cells = new Map<string, string>();
      const wrong: string[] = [];
      let next = 0;
      const worker = async () => {
        for (let one = cases[next++]; one !== undefined; one = cases[next++]) {
          const { fault, point } = one;
          const result = await play(point.program, point.nth, FAULTS[fault]);
          const key = `${fault}|${point.program}.${point.nth}`;
          cells.set(key, result.wrong.length > 0 ? "X" : result.failures.length > 0 ? "e" : ".");
          for (const problem of result.wrong)
            wrong.push(`${fault} at ${point.request} (${point.program}.${point.nth}): ${problem}`);
        }
      };
      await Promise.all(Array.from({ length: 12 }, worker));
      printMatrix(
        `${resource}: faults x requests (. right at once, e clear error and right one run later, X not)`,
        points.map((p) => ({ name: p.request, key: `${p.program}.${p.nth}` })),
        cells,
      );
      const survived = cases.length - new Set(wrong.map((line) => line.split(":")[0])).size;
      process.stdout.write(`  ${cases.length} cases, ${survived} survived\n`);
      expect(wrong).to.deep.equal([]);
    });

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
