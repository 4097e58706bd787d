import { expect } from "chai";
import { WallarooUser } from "pulumi-wallaroo";
import { configOf, scenario } from "./stack";

const users = ["ann", "bob", "carl", "dora", "eve", "fay"];

describe("a run of the real engine on a platform that never gets better", function () {
  this.timeout(240_000);
  const { platform, stack } = scenario({}, (url) => ({
    config: configOf(url, {
      "wallaroo:requestTimeout": "4",
      "wallaroo:maxRetries": "0",
      "wallaroo:maxConcurrency": "4",
    }),
  }));
  const program = () => users.map((name) => new WallarooUser(name, { email: `${name}@example.com` }));

  it("says what is waited for in a refresh, and tries no user after a few", async () => {
    await stack().up(() => void program());
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
