import { expect } from "chai";
import { teamFailureOf } from "../failures";
import { connectTo, declared, messageOf, onPlatform } from "./platform";

const ann = "ann@example.com";
const REFUSED = /Could not use the firstName of ann@example.com: it .*Keycloak refuses by default\. Nothing was sent/;

describe("a name that Keycloak's default rules refuse", () => {
  const { platform, start, writes } = onPlatform();

  for (const firstName of ["R&D", "   ", "x".repeat(256), "Ann\nLee"]) {
    it(`sends no invite, and is refused in preview: ${JSON.stringify(firstName.slice(0, 10))}`, async () => {
      const { lifecycle } = await start();
      expect(await messageOf(() => lifecycle.plan(declared(ann, { firstName })))).to.match(REFUSED);
      expect(await messageOf(() => lifecycle.create(declared(ann, { firstName })))).to.match(REFUSED);
      expect(writes()).to.deep.equal([]);
    });
  }

  it("is no obstacle where the account has it already", async () => {
    const { lifecycle } = await start();
    await platform().addUser({ email: ann, firstName: "R&D" });
    const inputs = declared(ann, { adopt: true, firstName: "R&D" });
    const { id, state } = await lifecycle.create(inputs);
    await connectTo(platform()).lifecycle.update(id, state, { ...inputs, onDestroy: "retain" });
    expect(writes()).to.deep.equal([]);
  });

  it("is refused in an update before anything is sent, and in its preview", async () => {
    const { lifecycle } = await start();
    const { id, state } = await lifecycle.create(declared(ann, { firstName: "Ann" }));
    platform().clearLog();
    const inputs = declared(ann, { firstName: "Ann?", enabled: false });
    const next = connectTo(platform()).lifecycle;
    expect(await messageOf(() => next.checkUpdate({ id, state }, inputs))).to.match(REFUSED);
    expect(await messageOf(() => next.update(id, state, inputs))).to.match(REFUSED);
    expect(writes()).to.deep.equal([]);
  });

  it("keeps one member of a team from being invited, and none of the others", async () => {
    const { team } = await start();
    const members = { [ann]: { firstName: "<Ann>" }, "bob@example.com": {} };
    const error: unknown = await team.apply(undefined, members, "team").catch((e: unknown) => e);
    const { reasons } = teamFailureOf(error);
    expect(reasons).to.have.length(1);
    expect(reasons.join()).to.match(REFUSED);
    expect(writes()).to.deep.equal(["invite bob@example.com"]);
  });
});
