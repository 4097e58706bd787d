import { expect } from "chai";
import type { CallName } from "../emulator/misbehaviour";
import { until } from "../emulator/until";
import { EngineCalls, listen } from "./dynamic";
import { messageOf, onPlatform } from "./platform";

const ann = "ann@example.com";

/**
 * Every step of a create: where it is, the request that the platform is at work on when the process is killed, and
 * whether the next run can know what the killed one did.
 */
const CREATE: [where: string, call: CallName, when: "before" | "after", nth: number, isKnown: boolean][] = [
  ["while it signs in", "token", "before", 1, true],
  ["while it asks for the accounts", "query", "after", 1, true],
  ["before its invite arrived", "invite", "before", 1, true],
  ["after its invite arrived", "invite", "after", 1, false],
  ["before its confirmation was asked for", "query", "before", 2, false],
  ["after its confirmation was answered", "query", "after", 2, false],
];
/** Every step of a deactivation, by an update or a destroy. */
const CHANGE: [where: string, call: CallName, when: "before" | "after"][] = [
  ["while it signs in", "token", "before"],
  ["while it asks for the accounts", "query", "after"],
  ["before its write arrived", "deactivate", "before"],
  ["after its write arrived", "deactivate", "after"],
];

/**
 * What the next run makes of the platform and the state that a killed run leaves. The killed run never gets its answer,
 * and nothing of it is stored; that the engine leaves it so is shown by tests/e2e/crash.test.ts.
 */
describe("a run that never gets to store anything", () => {
  // Its process would be gone. Here it goes on once all is asserted, as it would keep this process busy otherwise.
  let goOn: () => Promise<unknown> = () => Promise.resolve();
  afterEach(() => goOn());
  const { platform, start } = onPlatform();
  listen();
  let calls: EngineCalls;
  beforeEach(async () => {
    await start();
    calls = new EngineCalls(platform, "user");
  });
  const invites = () =>
    platform()
      .requests("invite")
      .filter((entry) => entry.result === 200).length;
  const isEnabled = async () => (await platform().findByEmail(ann))?.enabled;

  /** Begins the step and leaves it at the nth such request of it, with the state as it was before. */
  async function abandonAt(
    call: CallName,
    when: "before" | "after",
    nth: number,
    step: (of: EngineCalls) => Promise<unknown>,
  ) {
    let release = (): void => undefined;
    const released = new Promise<void>((resolve) => (release = resolve));
    const fault = platform().misbehave({ on: call, nth, when, what: { until: released } });
    const abandoned = new EngineCalls(platform, "user");
    abandoned.kept = calls.kept;
    const end = step(abandoned).catch(() => undefined);
    goOn = () => (release(), end);
    await until(() => fault.hits > 0, end);
    platform().behave();
  }

  for (const [where, call, when, nth, isKnown] of CREATE) {
    const then = isKnown
      ? "invites once in the next run"
      : "is refused in the next run, whose message says what to write";
    it(`in a create, ${where}, ${then}`, async () => {
      await abandonAt(call, when, nth, (abandoned) => abandoned.up({ email: ann }));
      if (isKnown) await calls.up({ email: ann });
      else {
        expect(await messageOf(() => calls.up({ email: ann }))).to.match(
          /an active account of this address is there already.*write `adopt: true`/,
        );
        await calls.up({ email: ann, adopt: true });
      }
      expect([invites(), await isEnabled()]).to.deep.equal([1, true]);
    });
  }

  for (const call of ["activate", "edit"] as const) {
    it(`in an update, after its ${call} arrived, is finished by the next run`, async () => {
      const becomes = { enabled: true, ...(call === "edit" ? { firstName: "Ann" } : {}) };
      await calls.up({ email: ann, enabled: call === "edit" });
      await abandonAt(call, "after", 1, (abandoned) => abandoned.up({ email: ann, ...becomes }));
      expect(await calls.up({ email: ann, ...becomes })).to.equal("updated");
      expect(await platform().findByEmail(ann)).to.include(becomes);
      expect(await calls.up({ email: ann, ...becomes })).to.equal("unchanged");
      expect(invites()).to.equal(1);
    });
  }

  for (const [where, call, when] of CHANGE) {
    it(`in an update, ${where}, is finished by the next run`, async () => {
      await calls.up({ email: ann });
      await abandonAt(call, when, 1, (abandoned) => abandoned.up({ email: ann, enabled: false }));
      await calls.up({ email: ann, enabled: false });
      expect([await isEnabled(), calls.kept?.outputs["enabled"]]).to.deep.equal([false, false]);
    });

    it(`in a destroy, ${where}, is finished by the next run`, async () => {
      await calls.up({ email: ann });
      await abandonAt(call, when, 1, (abandoned) => abandoned.destroy());
      await calls.destroy();
      expect(await isEnabled()).to.equal(false);
    });
  }
});
