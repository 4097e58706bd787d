import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { expect } from "chai";
import { ensureEngine } from "../engine/ensure";
import { messageOf } from "./platform";

describe("the engine's cache folder", () => {
  const { PATH, PULUMI_WALLAROO_ENGINE_CACHE } = process.env;
  afterEach(() => {
    process.env["PATH"] = PATH;
    if (PULUMI_WALLAROO_ENGINE_CACHE === undefined) delete process.env["PULUMI_WALLAROO_ENGINE_CACHE"];
    else process.env["PULUMI_WALLAROO_ENGINE_CACHE"] = PULUMI_WALLAROO_ENGINE_CACHE;
  });

  for (const name of ["precious", "pulumi-projects/precious"]) {
    it(`is not cleared when it was chosen by mistake and holds ${name}`, () => keeps(name));
  }

  async function keeps(name: string): Promise<void> {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "pulumi-wallaroo-precious-"));
    const file = path.join(folder, name);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, "");
    process.env["PULUMI_WALLAROO_ENGINE_CACHE"] = folder;
    // No engine on PATH, or none would be made.
    process.env["PATH"] = "";
    expect(await messageOf(() => ensureEngine())).to.match(/the folder holds something else \(/);
    expect(fs.existsSync(file)).to.equal(true);
    fs.rmSync(folder, { recursive: true });
  }
});
