import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { restoreEnvironment } from "../restored-environment";

/**
 * A temporary folder of its own for each test of a suite, in which processes of one run share what they do; their own folder
 * in it is made by the first of them.
 */
export function onRunFolder(): { folder: () => string; files: () => string[] } {
  const before = { ...process.env };
  let temporary = "";
  beforeEach(() => {
    temporary = fs.mkdtempSync(path.join(os.tmpdir(), "run-folder-"));
    process.env["TMPDIR"] = temporary;
    delete process.env["XDG_RUNTIME_DIR"];
  });
  afterEach(() => {
    restoreEnvironment(before);
    fs.rmSync(temporary, { recursive: true, force: true });
  });
  const folder = () => path.join(temporary, `pulumi-wallaroo-runs-${process.getuid?.() ?? ""}`);
  return { folder, files: () => (fs.existsSync(folder()) ? fs.readdirSync(folder()) : []) };
}
