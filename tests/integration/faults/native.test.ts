import type { UserInputs } from "../../../provider/user/model";
import type { Platform } from "../../emulator/platform";
import { listen } from "../dynamic";
import { NativeCalls } from "../native";
import { StackCalls, type Adapter, type Program } from "../programs";
import { describeMatrix, type Applier } from "./matrix";

/** Longer than that of the core's matrix: its checks ask the platform too, and the first look must not take all of it. */
const TIMES = { lookingMs: 6_000 };

const NATIVE: Adapter = {
  name: "the native plugin",
  isTold: false,
  start: async (platform, config) => {
    const calls = await NativeCalls.start(platform, config, "default", undefined, TIMES);
    return (name) => ({ user: calls.verbs("User", name), team: calls.verbs("Team", name) });
  },
};

/** One case of so many: those of the core run whole. WHOLE_MATRIX=1 runs all, in five minutes. */
const SHARE = 17;

/** Each run with a process of its own, as the engine has it: check, diff and what follows from them. */
function applierOf(programOf: (declared: UserInputs[]) => Program, before?: StackCalls): Applier {
  let platform: Platform;
  const stack = new StackCalls(() => platform, NATIVE, {}, before);
  return {
    copy: () => applierOf(programOf, stack),
    isStored: (email) => {
      const ids = stack.kept("team")?.outputs["ids"] ?? {};
      return stack.kept(email) !== undefined || Object.hasOwn(ids, email);
    },
    async run(target, settings, declared) {
      platform = target;
      stack.config = settings;
      try {
        await stack.up(programOf(declared));
        return [];
      } catch (error) {
        return (error as Error).message.split("\n").map((line) => line.trim());
      }
    },
  };
}

const users = (declared: UserInputs[]): Program =>
  Object.fromEntries(declared.map((inputs) => [inputs.email, { kind: "user", inputs: { ...inputs } }]));
const team = (declared: UserInputs[]): Program => {
  const members = Object.fromEntries(declared.map(({ email, ...inputs }) => [email, inputs]));
  return { team: { kind: "team", inputs: { members } } };
};

describe("through the native plugin,", () => {
  listen();
  describeMatrix("users", () => applierOf(users), SHARE);
  describeMatrix("a team", () => applierOf(team), SHARE);
});
