import { expect } from "chai";
import { WallarooTeam, WallarooUser } from "pulumi-wallaroo";
import { CI, scenario } from "./stack";

const members = Array.from({ length: 60 }, (_, index) => `m${String(index).padStart(2, "0")}@example.com`);
const users = ["ann", "bob", "carl", "dora", "eve", "fay"];

describe("a run of the real engine on a platform that never gets better", function () {
  this.timeout(240_000);
  const { platform, stack } = scenario({}, (url) => ({
    config: {
      "wallaroo:url": url,
      "wallaroo:username": CI.email,
      "secret:wallaroo:password": CI.password,
      "wallaroo:requestTimeout": "5",
      "wallaroo:maxRetries": "0",
      "wallaroo:maxConcurrency": "4",
    },
  }));
  const team = () => new WallarooTeam("team", { members: Object.fromEntries(members.map((email) => [email, {}])) });
  const people = () => users.map((name) => new WallarooUser(name, { email: `${name}@example.com` }));

  it("stores what was done, says how many members were not tried, and does only the rest in the next one", async () => {
    const what = { status: 403, body: { msg: "no", code: 403 } };
    platform().misbehave({ on: "invite", nth: 11, times: 1e9, when: "before", what });
    const { output } = await stack().upFails(() => void team());
    expect(output).to.match(/members failed of 60, not tried: \d\d\. What was done is stored/);
    expect(output).to.match(/Could not begin \d\d members: not tried, because no attempt has succeeded since .* UTC: /);
    expect(platform().requests("invite").length).to.be.within(13, 10 + 3 * 4);
    platform().behave();
    platform().clearLog();
    await stack().up(() => void team());
    expect(platform().requests("invite")).to.have.length(50);
  });

  it("says what is waited for in a refresh, and tries no user after a few", async () => {
    await stack().up(() => void people());
    platform().misbehave({ on: "*", times: 1e9, when: "before", what: { hang: true } });
    platform().clearLog();
    const { output } = await stack().refreshFails({ parallel: 1 });
    expect(output).to.match(/Waiting for 127\.0\.0\.1:\d+ for 3 s: sign in as ci@example\.com, attempt 1\./);
    expect(output).to.match(
      /not tried, because nothing has answered since .* UTC: 3 attempts to sign in failed in a row/,
    );
    expect(platform().log.map(({ call }) => call)).to.deep.equal(["token", "token", "token"]);
    platform().behave();
    await stack().refresh({ expectNoChanges: true });
  });
});
