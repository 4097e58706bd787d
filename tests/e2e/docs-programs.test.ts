import { expect } from "chai";
import { startPlatform } from "../emulator/platform";
import { findBlocks, findPages } from "../markdown";
import { PluginProject } from "./plugin-project";
import { PythonSdk } from "./python";
import { CI } from "./stack";

/** Those in Go are compiled in sdks.test.ts, those in other languages checked in tests/package/docs-code.test.ts. */
const PROGRAMS = findPages()
  .flatMap(findBlocks)
  .filter(({ language }) => language === "python");

describe("a Python program of the documentation", function () {
  this.timeout(300_000);
  let sdk: PythonSdk;
  before(async function () {
    sdk = await PythonSdk.buildFor(this);
  });

  for (const { page, line, code } of PROGRAMS) {
    it(`invites the accounts that it names: ${page}:${line}`, async () => {
      const platform = await startPlatform();
      await platform.addUser({ ...CI, admin: true });
      const project = await PluginProject.create(platform, {}, [sdk.programs]);
      try {
        project.writePython(code);
        await project.pulumi("up", "--yes", "--skip-preview");
        const named = new Set(code.match(/\w+@example\.com/g));
        expect(named).to.not.have.property("size", 0);
        const invites = platform.written().filter((write) => write.startsWith("invite "));
        expect(invites).to.have.members([...named].map((email) => `invite ${email}`));
      } finally {
        project.remove();
        await platform.close();
      }
    });
  }

  it("is among the pages", () => expect(PROGRAMS).to.not.have.length(0));
});
