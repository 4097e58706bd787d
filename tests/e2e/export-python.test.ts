import { expect } from "chai";
import { addMixedWorkspaces, addMixed } from "../emulator/mixed";
import { platformEnvironment } from "../engine/environment";
import { runCommand } from "../integration/command";
import { onPython } from "./python";
import { CI } from "./stack";

describe("a Python program that pulumi-wallaroo exports", function () {
  this.timeout(300_000);
  const { platform, project } = onPython();

  // Resources cost the engine seconds: 500 of them are taken over in tests/integration/export-applies.test.ts.
  for (const [as, count] of [
    ["team", 500],
    ["users", 60],
  ] as const) {
    it(`is taken over by up without a write, and then unchanged, as ${as}`, async () => {
      await addMixedWorkspaces(platform(), await addMixed(platform(), count));
      const env = platformEnvironment(platform(), CI);
      const { code, stdout } = await runCommand(["export", "--to", "python", "--as", as, "--names"], env);
      expect(code).to.equal(0);
      project().writePython(stdout);
      await project().pulumi("up", "--yes", "--skip-preview");
      await project().pulumi("preview", "--expect-no-changes");
      await project().pulumi("refresh", "--yes", "--skip-preview", "--expect-no-changes");
      const state = project().onDisk();
      const taken = (await platform().people()).filter(({ id }) => state.includes(id));
      // The operator of the emulated platform is one more.
      expect(taken).to.have.length(count + 1);
      expect(platform().written()).to.deep.equal([]);
    });
  }
});
