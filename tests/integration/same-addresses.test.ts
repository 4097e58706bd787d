import { expect } from "chai";
import { startPlatform, type Platform } from "../emulator/platform";
import { connectTo, declared, messageOf, onPlatform } from "./platform";

const [ann, bob] = ["ann@example.com", "bob@example.com"];
const emails = (count: number) => Array.from({ length: count }, (_, index) => `p${index}@example.com`);

describe("another tenant in which the same addresses have other accounts", function () {
  this.timeout(60_000);
  const { start, writes } = onPlatform();
  let other: Platform;
  beforeEach(async () => {
    other = await startPlatform();
    for (const email of emails(6)) await other.addUser({ email });
  });
  afterEach(() => other.close());

  it("is not followed by a refresh of a team, or of as many users", async () => {
    const { team, lifecycle } = await start();
    const state = await team.apply(undefined, Object.fromEntries(emails(3).map((email) => [email, {}])), "team");
    const users = await Promise.all(
      emails(6)
        .slice(3)
        .map((email) => lifecycle.create(declared(email))),
    );
    const sent = writes().length;
    const refused = await messageOf(() => connectTo(other).team.read(state, "team"));
    expect(refused).to.match(/not one of these accounts, which the state knows, is on 127\.0\.0\.1/);
    const run = connectTo(other);
    for (const message of await Promise.all(
      users.map(({ id, state: of }) => messageOf(() => run.lifecycle.read(id, of))),
    ))
      expect(message).to.match(/not one of these accounts.*pulumi state delete/);
    expect(other.written()).to.deep.equal([]);
    expect(writes()).to.have.length(sent);
  });

  it("is followed where it is one account alone that was made anew", async () => {
    const { lifecycle } = await start();
    const { id, state } = await lifecycle.create(declared("p0@example.com"));
    const run = connectTo(other);
    expect((await run.lifecycle.read(id, state))?.state).to.include({ adopted: true });
    expect(run.said.join()).to.match(/has another account id now/);
  });
});

describe("an account that has the address of another known one now", function () {
  this.timeout(60_000);
  const { platform, start, writes } = onPlatform();

  it("is one user's alone, so that a destroy does not activate what it deactivated", async () => {
    const { lifecycle } = await start();
    const [first, second] = [await lifecycle.create(declared(ann)), await lifecycle.create(declared(bob))];
    await platform().remove(ann);
    await platform().remove(bob);
    await platform().addUser({ id: first.id, email: bob, username: bob });
    platform().clearLog();
    const run = connectTo(platform());
    const read = await Promise.all([second, first].map(({ id, state }) => run.lifecycle.read(id, state)));
    expect(read.map((known) => known?.id)).to.deep.equal([undefined, first.id]);
    const destroy = connectTo(platform());
    for (const known of read) if (known !== undefined) await destroy.lifecycle.delete(known.id, known.state);
    expect(writes()).to.deep.equal([`deactivate ${bob}`]);
  });

  it("keeps its id in a team's state: the refresh is refused while two members have one address", async () => {
    const { team } = await start();
    const state = await team.apply(undefined, { [ann]: {}, [bob]: {} }, "team");
    await platform().remove(ann);
    await platform().addUser({ id: state.ids[ann] ?? "", email: bob, username: "another-name" });
    const refused = await messageOf(() => connectTo(platform()).team.read(state, "team"));
    expect(refused).to.match(/Could not read bob@example.com: more than one member has this address/);
  });

  it("keeps its id in a team's state when the member that had the address is gone", async () => {
    const { team } = await start();
    const state = await team.apply(undefined, { [ann]: {}, [bob]: {} }, "team");
    await platform().remove(ann);
    await platform().remove(bob);
    await platform().addUser({ id: state.ids[ann] ?? "", email: bob, username: bob });
    const { state: after } = await connectTo(platform()).team.read(state, "team");
    expect(after.ids).to.deep.equal({ [bob]: state.ids[ann] });
    expect(after.adopted).to.deep.equal({});
  });
});
