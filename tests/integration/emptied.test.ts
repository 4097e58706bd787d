import { expect } from "chai";
import { listen, startDynamic } from "./dynamic";
import { messageOf, onPlatform } from "./platform";

const [ann, bob] = ["ann@example.com", "bob@example.com"];
type Props = Record<string, unknown>;

describe("a team that has members and is given none", () => {
  const { platform, start, writes } = onPlatform();
  beforeEach(() => start());
  listen();

  const declared = (members: Props, name = "science") => ({ members, __declared: { key: name, name } });
  /** As the engine goes about it: what was given, and what is stored then. */
  async function up(news: Props, before?: { inputs: Props; outputs: Props }) {
    const { team } = await startDynamic(platform());
    const checked = await team.check(before?.inputs ?? {}, news);
    expect(checked.failures).to.deep.equal([]);
    const inputs = checked.inputs as Props;
    if (before === undefined) return { inputs, outputs: (await team.create(inputs)).outs as Props };
    await team.diff("id", before.outputs, inputs);
    return { inputs, outputs: (await team.update("id", before.outputs, inputs)).outs as Props };
  }

  it("is refused in preview and at up, and told how to let all of them go", async () => {
    const before = await up(declared({ [ann]: {}, [bob]: {} }));
    platform().clearLog();
    const { team } = await startDynamic(platform());
    const checked = await team.check(before.inputs, declared({}));
    const news = checked.inputs as Props;
    for (const refused of [
      await messageOf(async () => team.diff("id", before.outputs, news)),
      await messageOf(async () => team.update("id", before.outputs, news)),
    ]) {
      expect(refused).to.match(
        /^Could not empty the team of ann@example.com and 1 more: all of its 2 members are taken/,
      );
      expect(refused).to.match(/pulumi destroy --target URN/);
    }
    expect(writes()).to.deep.equal([]);
    await team.delete("id", before.outputs);
    expect(writes(), "the way out").to.deep.equal([`deactivate ${ann}`, `deactivate ${bob}`]);
  });

  it("is not refused at refresh, where it is only shown", async () => {
    const before = await up(declared({ [ann]: {} }));
    const { team } = await startDynamic(platform());
    expect(await team.diff("id", before.outputs, { members: {} })).to.include({ changes: true });
  });

  it("is fine at first, and when a refresh has found none of them any more", async () => {
    const first = await up(declared({}));
    expect(first.outputs["ids"]).to.deep.equal({});
    const some = await up(declared({ [ann]: {} }), first);
    await platform().remove(ann);
    const { team } = await startDynamic(platform());
    const read = await team.read("id", some.outputs);
    const after = await up(declared({}), { inputs: read.inputs as Props, outputs: read.props as Props });
    expect(after.outputs["ids"]).to.deep.equal({});
    expect(writes()).to.deep.equal([`invite ${ann}`]);
  });

  it("is fine when other resources of the program declare all of them, and refused when they do not declare one", async () => {
    const before = await up(declared({ [ann]: {}, [bob]: {} }));
    platform().clearLog();
    for (const [moved, isRefused] of [
      [{ [ann]: { adopt: true }, [bob]: { adopt: true } }, false],
      [{ [ann]: { adopt: true } }, true],
    ] as const) {
      const { team } = await startDynamic(platform());
      await team.check({}, declared(moved, "sales"));
      const news = (await team.check(before.inputs, declared({}))).inputs as Props;
      const update = async () => team.update("id", before.outputs, news);
      if (isRefused) expect(await messageOf(update)).to.match(/Could not empty/);
      else await update();
      expect(writes()).to.deep.equal([]);
    }
  });
});
