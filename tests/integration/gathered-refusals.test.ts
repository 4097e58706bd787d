import { expect } from "chai";
import { REFUSED_KEY } from "../../provider/dynamic/stored";
import { startDynamic } from "./dynamic";
import { onPlatform } from "./platform";

const [ann, bob, cleo] = ["ann@example.com", "bob@example.com", "cleo@example.com"];

type Props = Record<string, unknown>;

describe("a check that would refuse to create an account", () => {
  const { platform, start, writes } = onPlatform();
  beforeEach(async () => {
    await start();
    for (const email of [ann, bob]) await platform().addUser({ email });
  });
  const inPreview = { __declared: { key: "1", name: "it", gathers: true } };
  const atApply = { __declared: { key: "1", name: "it" } };
  const check = async (kind: "user" | "team", news: Props) => {
    const checked = await (await startDynamic(platform()))[kind].check({}, news);
    const { failures = [] } = checked;
    const refused = (checked.inputs as Props)[REFUSED_KEY] as { problem: string; next: string }[] | undefined;
    return { refused, failures: failures.map(({ reason }) => reason) };
  };

  it("answers the refusal to a preview that gathers, and fails in any other run", async () => {
    const { refused = [], failures } = await check("user", { ...inPreview, email: ann });
    expect(failures).to.deep.equal([]);
    expect(refused).to.have.length(1);
    const later = await check("user", { ...atApply, email: ann });
    expect(later).to.deep.equal({ refused: undefined, failures: [`${refused[0]?.problem} ${refused[0]?.next}`] });
    expect(refused[0]?.problem).to.match(/^Could not create ann@example.com: an active account .*\)\.$/);
    expect(refused[0]?.next).to.match(/^If it is the account meant, write `adopt: true`/);
    expect(await check("user", { ...inPreview, email: cleo })).to.deep.equal({ refused: undefined, failures: [] });
    expect(writes()).to.deep.equal([]);
  });

  it("answers one refusal per member of a team", async () => {
    const members = { [ann]: {}, [cleo]: {}, [bob]: {} };
    const { refused = [], failures } = await check("team", { ...inPreview, members });
    expect(failures).to.deep.equal([]);
    expect(refused.map(({ problem }) => problem.slice(0, 32))).to.deep.equal([
      "Could not create ann@example.com",
      "Could not create bob@example.com",
    ]);
    const later = await check("team", { ...atApply, members });
    expect(later.failures).to.deep.equal(refused.map(({ problem, next }) => `${problem} ${next}`));
  });

  it("fails at once for anything else, which another resource would only meet again", async () => {
    expect((await check("user", { ...inPreview, email: "no address" })).failures).to.have.length(1);
    platform().misbehave({ on: "query", times: 99, when: "before", what: { status: 400, body: { msg: "no", code: 400 } } }); // prettier-ignore
    for (const [kind, news] of [["user", { email: ann }], ["team", { members: { [ann]: {} } }]] as const) {
      const { refused, failures } = await check(kind, { ...inPreview, ...news });
      expect(refused).to.equal(undefined);
      expect(failures).to.have.length(1);
      expect(failures[0]).to.match(/^Could not query/);
    }
  }); // prettier-ignore
});
