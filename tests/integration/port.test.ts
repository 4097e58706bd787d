import { spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { expect } from "chai";
import { lowPort } from "../emulator/port";

const MODULE = path.resolve(__dirname, "../emulator/port");
/** Tells a port, and lives until its input ends. */
const PROGRAM = `
require(${JSON.stringify(MODULE)}).lowPort().then(console.log);
process.stdin.resume();`;

describe("the ports of servers that stop for a while", function () {
  this.timeout(60_000);

  it("are of one process alone: a port that is free for a moment in one is given to no server of another", async () => {
    const other = spawn(process.execPath, ["--import", "tsx", "--eval", PROGRAM], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    try {
      const [told] = (await once(other.stdout, "data")) as [Buffer];
      const ports = new Set<number>();
      for (let count = 0; count < 400; count += 1) ports.add(await lowPort());
      expect(ports).to.have.length.above(100);
      expect([...ports]).to.not.include(Number(told.toString()));
      other.stdin.end();
      expect(await once(other, "exit"), "its ports do not keep a process from ending").to.deep.equal([0, null]);
    } finally {
      other.kill();
    }
  });
});
