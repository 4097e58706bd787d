import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { expect } from "chai";
import { findPythonObstacle } from "../engine/python";

describe("a machine without a Python for Pulumi", () => {
  const { PULUMI_WALLAROO_TESTS_PYTHON } = process.env;
  let folder: string;
  beforeEach(() => (folder = fs.mkdtempSync(path.join(os.tmpdir(), "pulumi-wallaroo-python-"))));
  afterEach(() => {
    fs.rmSync(folder, { recursive: true });
    if (PULUMI_WALLAROO_TESTS_PYTHON === undefined) delete process.env["PULUMI_WALLAROO_TESTS_PYTHON"];
    else process.env["PULUMI_WALLAROO_TESTS_PYTHON"] = PULUMI_WALLAROO_TESTS_PYTHON;
  });

  for (const [kind, script] of [
    ["no Python", undefined],
    ["one without venv", "#!/bin/sh\necho No module named venv >&2\nexit 1\n"],
  ] as const) {
    it(`is told what it needs: ${kind}`, async () => {
      const python = path.join(folder, "python3");
      if (script !== undefined) fs.writeFileSync(python, script, { mode: 0o755 });
      process.env["PULUMI_WALLAROO_TESTS_PYTHON"] = python;
      expect(await findPythonObstacle()).to.equal(
        `${python} is not a Python 3.10 or later with its modules venv and ensurepip (Debian: python3-venv); ` +
          "PULUMI_WALLAROO_TESTS_PYTHON names another",
      );
    });
  }
});
