import { isDeepStrictEqual } from "node:util";
import type { Members, TeamState } from "../../../provider/team/model";
import { startPlatform, type Platform, type PlatformOptions } from "../../emulator/platform";
import type { WorkspaceRole } from "../../emulator/workspaces";
import { teamFailureOf } from "../../failures";
import { connectTo } from "../platform";
import { NOT_RETRIED, oneOfEachKind, onePerProgram, sweep, type Case, type Point } from "./faults";
import { FaultProxy, type WireFault } from "./proxy";

/** Programs that run after each other on one platform. `Stored` is what the engine keeps between them. */
export interface Scenario<Stored> {
  /** Puts in what is there beforehand. */
  prepare(platform: Platform): Promise<void>;
  start(): Stored;
  /** Runs one of the programs. Answers what failed, a message each. */
  programs: readonly ((provider: ReturnType<typeof connectTo>, stored: Stored) => Promise<string[]>)[];
  /** Members of each workspace by address once a program has run; a list if several outcomes are right. */
  wanted: readonly Record<string, Roles | Roles[]>[];
  /** What a program fails with if nothing goes wrong: one message for each. */
  refusals?: readonly (readonly RegExp[])[];
  /** Why a request must not reach the platform now. */
  findTooEarly?(platform: Platform, request: string, body: string): string | undefined;
  /** More that must not be so once a program has run. */
  findWrong?(platform: Platform, stored: Stored, program: number): Promise<string[]>;
  /** Two accounts of which the second replaces the first in a program, by address: one of them is always a member. */
  replaced: readonly { program: number; workspace: string; by: readonly [string, string] }[];
}

/** Programs of one team each. */
export function teamPrograms(programs: readonly Members[]): Scenario<{ team?: TeamState }>["programs"] {
  return programs.map((members) => async ({ team }, stored) => {
    try {
      stored.team = await team.apply(stored.team, members, 'team "x"');
      return [];
    } catch (error) {
      const { reasons, state } = teamFailureOf(error);
      if (state !== undefined) stored.team = state;
      return [...reasons];
    }
  });
}

/** Members by address. */
export type Roles = Record<string, WorkspaceRole>;

/** The requests that are hit; faults at all others have matrices of their own. */
const READS = ["list", "list_users"];
const WRITES = ["add_user", "remove_user"];
/**
 * A suite with faults at the requests for workspaces of a scenario: {@link oneOfEachKind}, but at reads after the first
 * program only those that are not retried. After each fault one more run ends as wanted, and at no moment was a workspace without an owner.
 *
 * @param options of the platform; `hit` are the numbers of the programs in which faults happen, all by default
 */
export function describeScenario<Stored>(
  name: string,
  scenario: Scenario<Stored>,
  { hit = [...scenario.programs.keys()], ...options }: PlatformOptions & { hit?: readonly number[] } = {},
): void {
  describe(`a fault at every request for workspaces of ${name}`, function () {
    this.timeout(600_000);

    /** What the programs before one of them leave: they are run once, and every scenario begins with a copy of it. */
    const before = onePerProgram(async (program): Promise<{ platform: Platform; stored: Stored }> => {
      if (program === 0) {
        const platform = await startPlatform(options);
        await scenario.prepare(platform);
        await platform.close();
        return { platform, stored: scenario.start() };
      }
      const { platform, stored, wrong } = await play({ program: program - 1, nth: 0 }, undefined);
      if (wrong.length > 0) throw new Error(`without a fault: ${wrong.join("; ")}`);
      return { platform, stored };
    });

    /** A scenario on a platform of its own; the fault hits the n-th request of one of the programs. */
    async function play({ program, nth }: Pick<Point, "program" | "nth">, fault: WireFault | undefined) {
      const begun = await before(program);
      const platform = await startPlatform({ ...options, copyOf: begun.platform });
      const stored = structuredClone(begun.stored);
      const early = new Set<string>();
      const proxy = new FaultProxy(platform.url, (request, body) => {
        const problem = scenario.findTooEarly?.(platform, request, body);
        if (problem !== undefined) early.add(problem);
      });
      await proxy.start();
      const run = (which: number, timeout = 20) => {
        const config = {
          "wallaroo:url": proxy.url,
          "wallaroo:requestTimeout": String(timeout),
          "wallaroo:maxRetries": "3",
          // One after the other, so that the n-th request is always the same.
          "wallaroo:maxConcurrency": "1",
        };
        const step = scenario.programs[which] ?? (() => Promise.reject(new Error("there is no such program")));
        return step(connectTo(platform, config, { lookingMs: 2_500 }), stored);
      };
      try {
        const wanted = scenario.wanted[program] ?? {};
        const seen = await watch(
          platform,
          Object.keys(wanted),
          scenario.replaced.filter((one) => one.program === program),
        );
        const wrong: string[] = [];
        if (fault !== undefined) proxy.order(nth, fault);
        // Short only where it is to run out.
        const failures = await run(program, fault?.kind === "hang" ? 1 : undefined);
        const requests = [...proxy.seen];
        proxy.clear();
        if (fault !== undefined && proxy.hits === 0) wrong.push("the fault was not met");
        for (const message of failures)
          if (!/^Could not .*\. [A-Z].*\.$/s.test(message) || message.length > 3000) wrong.push(`unclear: ${message}`);
        const after = fault === undefined ? failures : await run(program);
        const expected = scenario.refusals?.[program] ?? [];
        const isExpected =
          after.length === expected.length && expected.every((words, nth) => words.test(after[nth] ?? ""));
        if (!isExpected) wrong.push(`a clean run failed: ${after.join()}`);
        for (const [workspace, members] of Object.entries(wanted)) {
          const found = await platform.membersOf(workspace);
          if (![members].flat().some((right) => isDeepStrictEqual(found, right)))
            wrong.push(`${workspace} has ${JSON.stringify(found)}, not ${JSON.stringify(members)}`);
        }
        wrong.push(...((await scenario.findWrong?.(platform, stored, program)) ?? []), ...seen, ...early);
        return { platform, stored, requests, failures, wrong };
      } finally {
        await proxy.stop();
        await platform.close();
      }
    }

    it("ends right or with a clear error, and one more run is right: no last owner is lost, nothing is removed too early", async () => {
      const points: Point[] = [];
      for (const program of hit) {
        const { requests, wrong } = await play({ program, nth: 0 }, undefined);
        if (wrong.length > 0) throw new Error(`without a fault: ${wrong.join("; ")}`);
        requests.forEach((request, index) => {
          if ([...READS, ...WRITES].includes(request)) points.push({ program, nth: index + 1, request });
        });
      }
      // Reads that are retried are so alike that those of the first program show it.
      const isPlayed = ({ name, point: { program, request } }: Case) =>
        program === 0 || WRITES.includes(request) || NOT_RETRIED.includes(name);
      await sweep(name, points, play, (cases) => oneOfEachKind(cases.filter(isPlayed)));
    });
  });
}

/** What goes wrong from now on at any moment: no owner, or neither of two accounts of which one replaces the other. */
async function watch(
  platform: Platform,
  workspaces: readonly string[],
  replaced: Scenario<unknown>["replaced"],
): Promise<Set<string>> {
  const wrong = new Set<string>();
  for (const name of workspaces) {
    const ofWorkspace = replaced.filter(({ workspace }) => workspace === name);
    const pairs = await Promise.all(
      ofWorkspace.map(({ by }) => Promise.all(by.map(async (email) => (await platform.findByEmail(email))?.id ?? ""))),
    );
    const workspace = platform.workspace(name);
    workspace.members = new Watched(workspace.members, (members) => {
      if (![...members.values()].includes("OWNER")) wrong.add(`${name} had no owner`);
      for (const pair of pairs)
        if (!pair.some((id) => members.has(id))) wrong.add(`${name} had neither of two that replace each other`);
    });
  }
  return wrong;
}

/** Members with an eye on each change. */
class Watched extends Map<string, WorkspaceRole> {
  constructor(
    members: ReadonlyMap<string, WorkspaceRole>,
    private readonly look: (members: ReadonlyMap<string, WorkspaceRole>) => void,
  ) {
    super();
    for (const [id, role] of members) super.set(id, role);
  }

  override set(id: string, role: WorkspaceRole): this {
    super.set(id, role);
    this.look(this);
    return this;
  }

  override delete(id: string): boolean {
    const isDeleted = super.delete(id);
    this.look(this);
    return isDeleted;
  }
}
