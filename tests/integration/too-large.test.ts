import { expect } from "chai";
import { MAX_STATE } from "../../provider/resource/size";
import { listen, startDynamic } from "./dynamic";
import { onPlatform } from "./platform";

const members = (first: number, count: number, more: object) =>
  Object.fromEntries(Array.from({ length: count }, (_, n) => [`p${first + n}@example.com`, more]));
const declared = { __declared: { key: "1", name: "science" } };

describe("a state too large for the engine", () => {
  const { platform, start } = onPlatform();
  beforeEach(() => start());
  listen();
  const reasons = async (kind: "team" | "user", olds: object, news: object) => {
    const provider = (await startDynamic(platform()))[kind];
    const { failures = [] } = await provider.check({ ...olds }, { ...news, ...declared });
    return failures.map(({ property, reason }) => `[${property}] ${reason}`).join("\n");
  };
  const pair = { password: "p".repeat(MAX_STATE / 200) };

  it("is refused before anything is sent, for a team and for a user", async () => {
    const large = await reasons("team", {}, { members: members(0, 210, pair) });
    expect(large).to.match(/^\[\] the state would be some 10\.5 MB, .*Nothing was sent\. Split the team in several\.$/);
    const names = { adopt: true, lastName: "\u4e2d".repeat(MAX_STATE / 600) };
    expect(await reasons("team", {}, { members: members(0, 210, names) })).to.match(/some 10\.5 MB/);
    const password = "p".repeat(MAX_STATE / 2 + 1_000);
    expect(await reasons("user", {}, { email: "ann@example.com", password })).to.match(
      /^\[\] the state would be some 10/,
    );
    expect(platform().log).to.deep.equal([]);
  });

  it("counts those who leave in the same step", async () => {
    const before = { members: members(0, 110, pair) };
    const after = { members: members(110, 95, pair) };
    expect(await reasons("team", before, after)).to.match(/some 10\.3 MB/);
    expect(await reasons("team", {}, after)).to.equal("");
  });

  it("is not what ten thousand members have", async () => {
    expect(await reasons("team", {}, { members: members(0, 10_000, { password: "Tt-a-password-1" }) })).to.equal("");
  });
});
