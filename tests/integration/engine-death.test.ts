import { execFile } from "node:child_process";
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { expect } from "chai";
import { createProviders } from "../../provider/dynamic/provider";
import { Presence } from "../../provider/presence";
import { until } from "../emulator/until";
import { listen, startDynamic } from "./dynamic";
import { connectTo, messageOf, onPlatform } from "./platform";
import { onRunFolder } from "./run-folder";

/** What an engine is to its plugins: an address where connections are accepted. */
class Engine {
  readonly #sockets = new Set<Socket>();
  private constructor(private readonly server: Server) {}

  static async start(port = 0): Promise<Engine> {
    const server = createServer();
    const engine = new Engine(server);
    server.on("connection", (socket) => {
      engine.#sockets.add(socket);
      socket.on("error", () => undefined);
      socket.on("close", () => engine.#sockets.delete(socket));
    });
    await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
    return engine;
  }

  get address(): string {
    return `127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  get connections(): number {
    return this.#sockets.size;
  }

  /** As a server does with a connection on which nothing comes. */
  hangUp(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  /** As the kernel does for a process that was killed. */
  async die(): Promise<void> {
    const closed = new Promise((resolve) => this.server.close(resolve));
    this.hangUp();
    await closed;
  }
}

describe("a provider's process whose engine dies", () => {
  const { platform, start, writes } = onPlatform();
  listen();
  onRunFolder();
  let engine: Engine;
  beforeEach(async () => {
    engine = await Engine.start();
    await start();
  });
  afterEach(() => engine.die());
  const forever = () => new Promise<never>(() => undefined);
  const watch = async () => {
    let times = 0;
    const presence = new Presence(engine.address, () => (times += 1));
    await until(() => engine.connections > 0, forever());
    return { presence, times: () => times };
  };

  it("notices it at once, and once", async () => {
    const { presence, times } = await watch();
    expect(presence.isGone).to.equal(false);
    await sleep(200);
    await engine.die();
    await until(() => presence.isGone, forever());
    await sleep(500);
    expect(times()).to.equal(1);
  });

  it("does not take an engine for dead that only ends the connection", async () => {
    const { presence, times } = await watch();
    for (let round = 0; round < 2; round += 1) {
      await sleep(200);
      engine.hangUp();
      await until(() => engine.connections > 0, forever());
    }
    expect([presence.isGone, times()]).to.deep.equal([false, 0]);
  });

  it("takes nothing for dead that was never there", async () => {
    const { address } = engine;
    await engine.die();
    const seen = [address, "", "engine", "127.0.0.1", "127.0.0.1:99999", "--logtostderr", "no-such-host.invalid:1"].map(
      (one) => new Presence(one, () => expect.fail("nobody was there")),
    );
    await sleep(500);
    expect(seen.map(({ isGone }) => isGone)).to.deep.equal(seen.map(() => false));
  });

  it("begins nothing, asks nothing, and lets a team say how many were not tried", async () => {
    let isOver = false;
    const provider = await startDynamic(platform(), {}, engine.address, () => (isOver = true));
    const stored = (await (
      await startDynamic(platform())
    ).user.create({ email: "ann@example.com", enabled: true })) as {
      id: string;
      outs: object;
    };
    const made = platform().log.length;
    await until(() => engine.connections > 0, forever());
    await engine.die();
    const members = { "bob@example.com": {}, "carl@example.com": {} };
    await until(() => isOver, forever());
    expect(await messageOf(() => provider.team.create({ members }))).to.match(
      /^Could not change all members of .*: 0 members failed of 2, not tried: 2\..*\nCould not begin 2 members: not tried, because the engine has ended\. Run the same command again\.$/,
    );
    expect(await messageOf(() => provider.user.delete(stored.id, { ...stored.outs }))).to.include("not tried");
    expect(platform().log).to.have.length(made);
    provider.close();
  });

  it("finishes the invite that is under way, and sends no further one of a team", async () => {
    const { lifecycle, team, run } = connectTo(platform(), { "wallaroo:maxConcurrency": "2" });
    const engine = { isGone: false };
    run.engine = engine;
    const slow = platform().misbehave({ on: "invite", times: 2, when: "before", what: { delayMs: 300 } });
    const members = Object.fromEntries(
      Array.from({ length: 20 }, (_, index) => [`p${index}@example.com`, { enabled: index > 0 }]),
    );
    const applied = team.apply(undefined, members, "team");
    await until(() => slow.hits === 2, applied);
    engine.isGone = true;
    const message = await messageOf(() => applied);
    expect(message).to.match(/0 members failed of 20, not tried: 18\./);
    expect(writes()).to.have.members(["invite p0@example.com", "invite p1@example.com", "deactivate p0@example.com"]);
    expect(await messageOf(() => lifecycle.create({ email: "x@example.com", enabled: true }))).to.include("not tried");
  });

  it("sends no invite that was decided on before, nor a second one for a lost one", async () => {
    const { lifecycle, run } = connectTo(platform(), {}, { lookingMs: 500 });
    const engine = { isGone: false };
    run.engine = engine;
    const slow = platform().misbehave({ on: "query", when: "after", what: { delayMs: 300 } });
    const creating = lifecycle.create({ email: "ann@example.com", enabled: true });
    await until(() => slow.hits > 0, creating);
    engine.isGone = true;
    expect(await messageOf(() => creating)).to.match(
      /^Could not invite ann@example\.com: not tried, because the engine/,
    );
    engine.isGone = false;
    const lost = platform().misbehave({ on: "invite", when: "before", what: { status: 503, body: "", delayMs: 300 } });
    const again = lifecycle.create({ email: "ann@example.com", enabled: true });
    await until(() => lost.hits > 0, again);
    engine.isGone = true;
    expect(await messageOf(() => again)).to.include("ann@example.com");
    expect(platform().requests("invite")).to.have.length(1);
  });

  it("ends when nothing is under way, and not before", async () => {
    let ends = 0;
    const { user, close } = createProviders(engine.address, () => (ends += 1));
    const config = { get: (key: string) => ({ "wallaroo:url": platform().url, "wallaroo:token": "t" })[key] };
    await user.configure({ config } as unknown as Parameters<typeof user.configure>[0]);
    const held = platform().misbehave({ on: "query", when: "before", what: { status: 400, body: "", delayMs: 2_000 } });
    const reading = user.read("some-id", { email: "ann@example.com" }).catch(() => undefined);
    await until(() => held.hits > 0, reading);
    await engine.die();
    await sleep(500);
    expect(ends).to.equal(0);
    await reading;
    expect(ends).to.equal(1);
    close();
  });

  it("is not kept alive by watching", async () => {
    const program = `new (require("./dist/provider/presence").Presence)(${JSON.stringify(engine.address)}, () => undefined)`;
    const cwd = path.resolve(__dirname, "../..");
    await promisify(execFile)(process.execPath, ["-e", program], { cwd, timeout: 10_000 });
  });
});
