import { expect } from "chai";
import { connectTo, declared, onPlatform } from "./platform";

const emails = Array.from({ length: 20 }, (_, index) => `p${index}@example.com`);

describe("the word that tells why nothing happens, of a whole provider", function () {
  this.timeout(60_000);
  const { platform, start } = onPlatform();
  const host = () => new URL(platform().url).host;

  it("is one line for all members and users, while signing in too", async () => {
    await start();
    platform().misbehave({ on: "token", times: 1e9, when: "before", what: { hang: true } });
    const settings = { "wallaroo:requestTimeout": "4", "wallaroo:maxRetries": "0" };
    const { team, lifecycle, said } = connectTo(platform(), settings, { silenceMs: 1_000 });
    const members = Object.fromEntries(emails.map((email) => [email, {}]));
    await Promise.allSettled([team.apply(undefined, members, "team"), lifecycle.create(declared("ann@example.com"))]);
    expect(said).to.deep.equal([`Waiting for ${host()} for 3 s: sign in as operator@example.com, attempt 1.`]);
  });

  it("tells of retries too that are answered, and of the pauses between them", async () => {
    const { lifecycle, said } = await start();
    const headers = { "retry-after": "4" };
    platform().misbehave({ on: "invite", times: 1, when: "before", what: { status: 429, headers, body: "" } });
    await lifecycle.create(declared("ann@example.com"));
    expect(said).to.deep.equal([
      `Waiting for ${host()} for 3 s: invite ann@example.com, attempt 1 has failed, and the next one follows.`,
    ]);
  });

  it("is not said while answers come", async () => {
    const { lifecycle, said } = await start({ latencyMs: 200 }, { "wallaroo:maxConcurrency": "1" });
    await Promise.all(emails.map((email) => lifecycle.create(declared(email))));
    expect(said).to.deep.equal([]);
  });
});
