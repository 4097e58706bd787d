import fs from "node:fs";
import path from "node:path";
import { expect } from "chai";
import sinon from "sinon";
import { readSettings } from "../../provider/settings";
import { SharedMemory, type Circle } from "../../provider/shared-memory";
import { checkWith, createWith, startDynamic, type Dynamic } from "./dynamic";
import { messageOf, onPlatform } from "./platform";
import { onRunFolder } from "./run-folder";

const ENGINE = "127.0.0.1:40001";
const EXPLICIT = { "wallaroo:explicit": "true" };
/** Above every process id of Linux. */
const DEAD = 2 ** 22 + 1;
const ann = "ann@example.com";
const word = { verb: "keeps", who: "some-id" } as const;

describe("the memory that processes of a run share", () => {
  const { folder, files } = onRunFolder();
  const open: SharedMemory[] = [];
  afterEach(() => {
    sinon.restore();
    open.splice(0).forEach((memory) => memory.close());
  });

  /** As the settings make it of what a program says. */
  function memoryOf(url: string, more: Partial<Circle> & { realm?: string } = {}): SharedMemory {
    const { realm = "master", ...others } = more;
    const given: Record<string, string> = {
      "wallaroo:url": url,
      "wallaroo:realm": realm,
      "wallaroo:token": "t",
      "wallaroo:allowInsecureHttp": "true",
    };
    const settings = readSettings({ config: (key) => given[key], env: {} });
    const circle = { engineAddress: ENGINE, url: settings.url, realm: settings.realm, isExplicit: false, ...others };
    const memory = new SharedMemory(circle);
    open.push(memory);
    return memory;
  }
  const hears = (memory: SharedMemory) => memory.hear().map((heard) => heard.word);

  it("is one for all spellings of a platform's address", () => {
    memoryOf("https://example.wallaroo.ai").tell(word);
    for (const url of [
      "https://example.wallaroo.ai/",
      "https://example.wallaroo.ai:443",
      "https://EXAMPLE.Wallaroo.AI//",
      "HTTPS://example.wallaroo.ai:443/",
    ]) {
      expect(hears(memoryOf(url)), url).to.deep.equal([word]);
    }
  });

  it("is another for another platform, realm or engine", () => {
    memoryOf("https://example.wallaroo.ai").tell(word);
    const others = [
      memoryOf("https://other.wallaroo.ai"),
      memoryOf("https://example.wallaroo.ai:8443"),
      memoryOf("https://example.wallaroo.ai/tenant"),
      memoryOf("https://example.wallaroo.ai", { realm: "Master" }),
      memoryOf("https://example.wallaroo.ai", { engineAddress: "127.0.0.1:40002" }),
    ];
    for (const [index, memory] of others.entries()) expect(hears(memory), `${index}`).to.deep.equal([]);
  });

  it("tells each word once, also of a line that is half written", () => {
    const [one, two] = [memoryOf("https://a.example.com"), memoryOf("https://a.example.com")];
    one.tell(word);
    expect(hears(two)).to.deep.equal([word]);
    expect(hears(two)).to.deep.equal([]);
    const [name = ""] = files();
    const line = JSON.stringify({ verb: "declares", who: "änn@example.com", name: "ännn" });
    const half = Buffer.from(line).subarray(0, Buffer.from(line).indexOf(0xc3) + 1);
    fs.appendFileSync(path.join(folder(), name), half);
    expect(hears(two)).to.deep.equal([]);
    fs.appendFileSync(path.join(folder(), name), Buffer.from(`${line}\n`).subarray(half.length));
    expect(hears(two)).to.deep.equal([JSON.parse(line)]);
    expect(two.findProblem()).to.equal(undefined);
  });

  it("sweeps old files of dead processes of other runs, and no others", () => {
    memoryOf("https://a.example.com").tell(word);
    const [own = ""] = files();
    const at = (name: string, ageDays: number) => {
      fs.writeFileSync(path.join(folder(), name), "");
      const time = Date.now() / 1_000 - ageDays * 86_400;
      fs.utimesSync(path.join(folder(), name), time, time);
      return name;
    };
    const kept = [
      own,
      at(`aaaa-${DEAD}-young`, 0),
      at(`aaaa-${process.pid}-alive`, 2),
      at(own.replace(/-\d+-.*/, `-${DEAD}-own-run`), 2),
    ];
    at(`aaaa-${DEAD}-old`, 2);
    memoryOf("https://b.example.com").tell(word);
    expect(files()).to.include.members(kept.slice(0, 3)).and.not.include(`aaaa-${DEAD}-old`);
    memoryOf("https://a.example.com").tell(word);
    expect(files()).to.include.members(kept.slice(0, 3));
  });

  it("says that others can't be known, once one of their files can't be read", () => {
    const spoilt: Record<string, (file: string) => void> = {
      "is no JSON": (file) => fs.appendFileSync(file, "no JSON\n"),
      "is shorter than before": (file) => fs.truncateSync(file, 0),
      "is a link": (file) => {
        fs.renameSync(file, `${folder()}-elsewhere`);
        fs.symlinkSync(`${folder()}-elsewhere`, file);
      },
      "is a folder": (file) => {
        fs.rmSync(file);
        fs.mkdirSync(file);
      },
    };
    if (process.getuid?.() === 0) spoilt["is another user's"] = (file) => fs.chownSync(file, 12_345, 12_345);
    for (const [what, spoil] of Object.entries(spoilt)) {
      const [one, two] = [memoryOf("https://a.example.com"), memoryOf("https://a.example.com")];
      one.tell(word);
      two.hear();
      spoil(path.join(folder(), files()[0] ?? ""));
      two.hear();
      expect(two.findProblem(), what).to.be.a("string");
      fs.rmSync(folder(), { recursive: true });
      open.splice(0);
    }
  });

  it("says so as well when another could not write all that it had to tell", () => {
    const [one, two] = [memoryOf("https://a.example.com"), memoryOf("https://a.example.com")];
    one.tell(word);
    sinon.stub(fs, "writeSync").throws(new Error("ENOSPC: no space left on device"));
    one.tell({ ...word, who: "other-id" });
    two.hear();
    expect(two.findProblem()).to.match(/is incomplete/);
  });
});

/** What stands in the way of a private folder, and how the message names it. */
const HOSTILE: Record<string, [trap: (folder: string) => void, problem: RegExp]> = {
  "is a link to a folder": [
    (folder) => {
      fs.mkdirSync(`${folder}-elsewhere`, { mode: 0o700 });
      fs.symlinkSync(`${folder}-elsewhere`, folder);
    },
    /is not a folder of this user/,
  ],
  "is a file": [(folder) => fs.writeFileSync(folder, ""), /is not a folder of this user/],
  "may be entered by others": [(folder) => fs.mkdirSync(folder, { mode: 0o755 }), /others may enter/],
  "can't be made": [(folder) => fs.rmSync(path.dirname(folder), { recursive: true }), /ENOENT/],
};
if (process.getuid?.() === 0) {
  HOSTILE["is another user's"] = [
    (folder) => {
      fs.mkdirSync(folder, { mode: 0o700 });
      fs.chownSync(folder, 12_345, 12_345);
    },
    /is not a folder of this user/,
  ];
}

describe("a process that can't share what it does, as its folder", () => {
  const { platform, start, writes } = onPlatform();
  const { folder } = onRunFolder();
  const open: Dynamic[] = [];
  beforeEach(() => start());
  afterEach(() => open.splice(0).forEach(({ close }) => close()));

  async function run(config: Record<string, string> = {}, engineAddress: string | undefined = ENGINE) {
    const started = await startDynamic(platform(), config, engineAddress);
    open.push(started);
    return started.user;
  }
  for (const [what, [trap, problem]] of Object.entries(HOSTILE)) {
    it(`${what}, works as ever for the only provider, and refuses for one of several to take over or cut off`, async () => {
      trap(folder());
      const { id, outs } = await createWith(await run(), { email: ann });
      await (await run()).delete(id, outs);
      await createWith(await run(), { email: ann });
      const done = writes();
      expect(done).to.deep.equal([`invite ${ann}`, `deactivate ${ann}`, `activate ${ann}`]);
      const declared = { email: ann, adopt: true, enabled: true };
      const adopting = await messageOf(async () => (await run(EXPLICIT)).create(declared));
      expect(await messageOf(async () => checkWith(await run(EXPLICIT), declared))).to.equal(adopting);
      expect(adopting).to.match(/Could not create ann@.*can't be known: .*let XDG_RUNTIME_DIR or TMPDIR name a folder/);
      expect(adopting).to.match(problem);
      const explicit = await run(EXPLICIT);
      expect(await messageOf(() => explicit.delete(id, outs))).to.match(/^Could not delete ann@.*can't be known: /);
      expect(writes()).to.deep.equal(done);
      // Nothing would be written.
      await platform().setEnabled(ann, false);
      const later = await run(EXPLICIT);
      await later.delete(id, outs);
      await createWith(later, { email: "new@example.com" });
      expect(writes()).to.deep.equal([...done, "invite new@example.com"]);
    });
  }

  it("is not to be known because the engine is not, refuses as well", async () => {
    const { id, outs } = await createWith(await run(), { email: ann });
    const explicit = (await startDynamic(platform(), EXPLICIT)).user;
    expect(await messageOf(() => explicit.delete(id, outs))).to.match(/the address of the engine is not known/);
  });

  it("takes the runtime folder of the user where there is one", async () => {
    process.env["XDG_RUNTIME_DIR"] = path.dirname(folder());
    await createWith(await run(EXPLICIT), { email: ann });
    expect(fs.readdirSync(path.join(path.dirname(folder()), "pulumi-wallaroo"))).to.have.length(1);
    expect(fs.existsSync(folder())).to.equal(false);
  });
});
