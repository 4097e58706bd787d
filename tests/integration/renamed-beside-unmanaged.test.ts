import { expect } from "chai";
import { OPERATOR } from "../emulator/seeds";
import { EngineCalls, listen, startDynamic } from "./dynamic";
import { messageOf, onPlatform } from "./platform";

const [ann, bob, robert] = ["ann@example.com", "bob@example.com", "robert@example.com"];
const staff = { [OPERATOR.email]: { adopt: true, onDestroy: "retain" }, [ann]: {} };
type Props = Record<string, unknown>;

describe("an account whose address was changed on the platform, beside a team that deactivates unmanaged accounts", () => {
  const { platform, start, writes } = onPlatform();
  listen();
  beforeEach(() => start());

  for (const kind of ["user", "team"] as const) {
    it(`is refused in preview when the ${kind} that has it is compared after the team`, async () => {
      const team = new EngineCalls(platform, "team");
      const holder = new EngineCalls(platform, kind);
      const held = kind === "user" ? { email: bob } : { members: { [bob]: {} } };
      await holder.up(held);
      const id = (await platform().findByEmail(bob))?.id ?? "";
      await platform().remove(bob);
      await platform().addUser({ id, email: robert });
      const news = { ifUnmanaged: "deactivate", members: staff };
      await team.up(news);
      expect(team.kept?.outputs["unmanaged"]).to.deep.equal([robert]);
      const provider = await startDynamic(platform());
      const kept = team.kept as NonNullable<typeof team.kept>;
      const inputs = (await provider.team.check(kept.inputs, { ...news, __declared: { key: "1", name: "it" } }))
        .inputs as Props;
      await provider.team.diff(kept.id, kept.outputs, inputs);
      const { id: heldId, inputs: before, outputs } = holder.kept as NonNullable<typeof holder.kept>;
      const checked = await provider[kind].check(before, { ...held, __declared: { key: "2", name: "holder" } });
      const diff = () => Promise.resolve(provider[kind].diff(heldId, outputs, checked.inputs as Props));
      expect(await messageOf(diff))
        .to.include(`its account ${id} has another address on the platform now, and team "it"`)
        .and.include("`pulumi refresh`");
      expect(writes().filter((write) => write.startsWith("deactivate"))).to.deep.equal([]);
    });
  }

  it("is no refusal for an account that is let go, and that the stored list still has", async () => {
    const team = new EngineCalls(platform, "team");
    const other = new EngineCalls(platform, "team");
    await platform().addUser({ email: bob });
    const news = { ifUnmanaged: "deactivate", members: staff };
    await team.up(news);
    await other.up({ members: { [bob]: { adopt: true, onDestroy: "deactivate" }, "cleo@example.com": {} } });
    const provider = (await startDynamic(platform())).team;
    for (const { kept, declared, key } of [
      { kept: team.kept, declared: news, key: "1" },
      { kept: other.kept, declared: { members: { "cleo@example.com": {} } }, key: "2" },
    ]) {
      if (kept === undefined) throw new Error("nothing is stored");
      const checked = await provider.check(kept.inputs, { ...declared, __declared: { key, name: key } });
      expect(await provider.diff(kept.id, kept.outputs, checked.inputs as Props)).to.include({ changes: true });
    }
  });
});
