import { expect } from "chai";
import { listen, startDynamic } from "./dynamic";
import { messageOf, onPlatform } from "./platform";

type Props = Record<string, unknown>;
const [ann, bob] = ["ann@example.com", "bob@example.com"];

describe("two spellings of one address in the ids of a team that was edited by hand", () => {
  const { platform, start, writes } = onPlatform();
  const said = listen();
  let stored: Props;
  let ids: Record<string, string>;
  beforeEach(async () => {
    await start();
    const inputs = { members: { [ann]: {}, [bob]: {} } };
    stored = (await (await startDynamic(platform())).team.create(inputs)).outs as Props;
    ids = stored["ids"] as Record<string, string>;
    platform().clearLog();
  });

  for (const spelling of ["ANN@example.com", " ann@example.com", "Ann@Example.com "]) {
    for (const isFirst of [true, false]) {
      it(`cut nobody off, and refresh keeps the usual one and names the other id: ${JSON.stringify(spelling)} ${isFirst ? "before" : "after"} it`, async () => {
        const other = await platform().addUser({ email: "cleo@example.com" });
        const state = { ...stored, ids: isFirst ? { [spelling]: other, ...ids } : { ...ids, [spelling]: other } };
        const { team } = await startDynamic(platform());
        const inputs = { members: { [bob]: {} } };
        await team.check({}, { ...inputs, __declared: { key: "1", name: "science" } });
        for (const refused of [
          await messageOf(() => team.delete("id", state)),
          await messageOf(() => team.update("id", state, inputs)),
          await messageOf(() => team.diff("id", state, inputs)),
        ])
          expect(refused).to.match(/the stored state can't be read: ids\[".*is another spelling of ann@example\.com/);
        const props = (await (await startDynamic(platform())).team.read("id", state)).props as Props;
        expect(props["ids"]).to.deep.equal(ids);
        expect(said().join("\n")).to.include(`a refresh leaves it out (id ${other})`);
        expect(writes()).to.deep.equal([]);
      });
    }
  }

  it("keep the first where none is the usual one", async () => {
    const { [ann]: id = "", ...others } = ids;
    const state = { ...stored, ids: { "ANN@example.com": id, "Ann@example.com": "of-another", ...others } };
    const props = (await (await startDynamic(platform())).team.read("id", state)).props as Props;
    expect(props["ids"]).to.deep.equal(ids);
    expect(said().join("\n")).to.include("a refresh leaves it out (id of-another)");
  });
});
