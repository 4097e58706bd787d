import { execFile } from "node:child_process";
import path from "node:path";
import { promisify } from "node:util";
import { OPERATOR } from "../emulator/seeds";

const run = promisify(execFile);

/**
 * Asks for all accounts and prints "ok" or the error, with its kind, and whether anything can have come to the platform. It
 * finds no name: the resolvers of some networks answer for every one, or for none in time.
 */
const PROGRAM = `
require("node:dns").lookup = (name, _options, callback) =>
  process.nextTick(callback, Object.assign(new Error("ENOTFOUND " + name), { code: "ENOTFOUND", syscall: "getaddrinfo" }));
const { connect } = require("./dist/provider/connect");
const { readSettings } = require("./dist/provider/settings");
const { RunMemory } = require("./dist/provider/user/run");
const log = { info() {}, warn() {} };
const { context } = connect(readSettings({ config: () => undefined, env: process.env }), new RunMemory(), log);
context.directory.view(0).then(() => console.log("ok"), (error) =>
  console.log(error.kind + (error.beforeSending ? " unsent" : "") + ": " + error.message));
`;

/**
 * What the provider makes of a network, in a process of its own, because CAs and proxies are settings of a process. Answers
 * "ok", or `<kind>: <message>`. Raises where the process does not end by itself: the platform would close idle connections,
 * and so end it, only after 60 s.
 */
export async function askInProcess(env: NodeJS.ProcessEnv): Promise<string> {
  const credentials = {
    WALLAROO_USER: OPERATOR.email,
    WALLAROO_PASSWORD: OPERATOR.password,
    WALLAROO_MAX_RETRIES: "0",
  };
  const { PATH } = process.env;
  const cwd = path.resolve(__dirname, "../..");
  const options = { cwd, env: { PATH, ...credentials, ...env }, timeout: 30_000 };
  return (await run(process.execPath, ["-e", PROGRAM], options)).stdout.trim();
}
