import { expect } from "chai";
import { CLIENT_SECRET } from "../emulator/sessions";
import { connectTo, declared, messageOf, onPlatform } from "./platform";

const ann = "ann@example.com";

describe("names and the admin role over HTTP", () => {
  const { platform, start, writes } = onPlatform();

  it("puts an adopted account back with the names and the admin role that it was found with, where they are managed", async () => {
    const { lifecycle } = await start();
    await platform().addUser({ email: ann, firstName: "Ann", lastName: "Old" });
    const adopted = await lifecycle.create(declared(ann, { adopt: true, admin: true, firstName: "New" }));
    const inputs = declared(ann, { adopt: true, admin: true, lastName: "New" });
    const state = await lifecycle.update(adopted.id, adopted.state, inputs);
    expect(await platform().findByEmail(ann)).to.deep.include({ lastName: "New", realmRoles: ["admin"] });
    expect(state.found, "of what is declared now").to.deep.equal({ lastName: "Old", admin: false });
    await connectTo(platform()).lifecycle.delete(adopted.id, state);
    const after = await platform().findByEmail(ann);
    expect(after).to.include({ enabled: true, lastName: "Old", firstName: "New" }).and.not.have.property("realmRoles");
    platform().clearLog();
    await connectTo(platform()).lifecycle.delete(adopted.id, state);
    expect(writes(), "who is as found is left alone").to.deep.equal([]);
  });

  it("deactivates again at destroy a former administrator who was found deactivated and was declared without the role", async () => {
    const { lifecycle } = await start();
    await platform().addUser({ email: ann, admin: true, enabled: false });
    const { id, state } = await lifecycle.create(declared(ann, { admin: false }));
    expect(state).to.deep.include({ enabled: true, adopted: true, foundEnabled: false, found: { admin: true } });
    await connectTo(platform()).lifecycle.delete(id, state);
    expect((await platform().findByEmail(ann))?.enabled).to.equal(false);
  });

  it("leaves alone at destroy what was managed once and is not declared any more", async () => {
    const { lifecycle } = await start();
    await platform().addUser({ email: ann, firstName: "Ann" });
    const { id, state } = await lifecycle.create(declared(ann, { adopt: true, firstName: "Anna", admin: true }));
    platform().clearLog();
    const after = await lifecycle.update(id, state, declared(ann, { adopt: true, admin: true }));
    expect(writes(), "an update that sends nothing").to.deep.equal([]);
    expect(after)
      .to.deep.include({ found: { admin: false } })
      .and.not.have.property("firstName");
    await platform().rename(ann, { firstName: "Annabel" });
    const again = await connectTo(platform()).lifecycle.update(
      id,
      after,
      declared(ann, { adopt: true, firstName: "A" }),
    );
    expect(again.found, "found anew when it is managed again").to.deep.equal({ firstName: "Annabel" });
    await connectTo(platform()).lifecycle.delete(id, again);
    expect(await platform().findByEmail(ann)).to.deep.include({ firstName: "Annabel", realmRoles: ["admin"] });
  });

  it("shows an admin role that was taken away as drift, and none where a release shows no roles", async () => {
    for (const [release, admin] of [
      ["2024", false],
      ["2022", true],
    ] as const) {
      const { lifecycle } = await start({ release });
      const id = await platform().addUser({ email: ann });
      const state = { email: ann, username: ann, enabled: true, adopted: false, admin: true };
      expect((await lifecycle.read(id, state))?.state.admin, release).to.equal(admin);
    }
  });

  it("refuses to put back the last administrator without the role", async () => {
    const service = {
      "wallaroo:clientId": "api-client",
      "wallaroo:clientSecret": CLIENT_SECRET,
      "wallaroo:username": "",
      "wallaroo:password": "",
    };
    const { lifecycle } = await start({ operator: false }, service);
    await platform().addUser({ email: ann });
    const { id, state } = await lifecycle.create(declared(ann, { adopt: true, admin: true }));
    await platform().makeAdmin("admin", false);
    expect(await messageOf(() => connectTo(platform(), service).lifecycle.delete(id, state))).to.match(/last enabled/);
    expect((await platform().findByEmail(ann))?.realmRoles).to.deep.equal(["admin"]);
  });

  it("manages names and the admin role only where they are declared, and never takes the role away unasked", async () => {
    const { lifecycle } = await start();
    await platform().addUser({ email: ann, admin: true, lastName: "Before" });
    const { id, state } = await lifecycle.create(declared(ann, { adopt: true, firstName: "Ann" }));
    expect(await platform().findByEmail(ann)).to.deep.include({
      firstName: "Ann",
      lastName: "Before",
      realmRoles: ["admin"],
    });
    expect(state).to.include({ firstName: "Ann" }).and.not.have.property("lastName");
    const after = await lifecycle.update(id, state, declared(ann, { admin: false }));
    expect(after).to.include({ admin: false }).and.not.have.property("firstName");
    expect((await platform().findByEmail(ann))?.realmRoles).to.equal(undefined);
  });

  it("refuses to edit where the admin role can't be seen, and says what an older release lacks", async () => {
    const { lifecycle } = await start({ release: "2022" });
    await platform().addUser({ email: ann });
    expect(await messageOf(() => lifecycle.create(declared(ann, { adopt: true, firstName: "Ann" })))).to.match(
      /roles.*Declare `admin`/,
    );
    expect(
      await messageOf(() => lifecycle.create(declared(ann, { adopt: true, firstName: "Ann", admin: false }))),
    ).to.match(/HTTP 404.*leave firstName/);
    expect(
      await messageOf(() => lifecycle.create(declared(ann, { adopt: true, admin: false }))),
      "nobody knows that it is so already",
    ).to.match(/HTTP 404/);
    expect((await lifecycle.create(declared("bob@example.com", { admin: false }))).state.admin).to.equal(false);
  });

  it("asks whether names were changed when something else than the platform seems to have answered", async () => {
    for (const [when, isDone] of [
      ["before", false],
      ["after", true],
    ] as const) {
      const { lifecycle } = await start();
      await platform().addUser({ email: ann });
      platform().misbehave({ on: "edit", when, what: { status: 200, body: { people: [] } } });
      const made = lifecycle.create(declared(ann, { adopt: true, firstName: "Ann", admin: true }));
      if (isDone) expect((await made).state).to.include({ firstName: "Ann", admin: true });
      else
        expect(await messageOf(() => made)).to.match(
          /Could not edit ann@example.com: .* the account is not as it should be/,
        );
    }
  });
});
