import { expect } from "chai";
import sinon from "sinon";
import { messageOf } from "../../provider/api/errors";
import type { Caller } from "../../provider/api/caller";
import type { ApiUser } from "../../provider/api/wire";
import { refuseDoubtfulAbsence } from "../../provider/user/absence";
import { Directory } from "../../provider/user/directory";
import { RunMemory } from "../../provider/user/run";

const [ann, ci] = ["ann@example.com", "ci@example.com"];

let said: string[];

describe("the absence of an account from the list of all", () => {
  const admin: ApiUser = { id: "id-of-admin", username: "admin", enabled: true };
  const operator: ApiUser = { id: "id-of-ci", username: ci, email: ci, enabled: true };
  let clock: sinon.SinonFakeTimers;
  beforeEach(() => {
    said = [];
    clock = sinon.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "setImmediate", "performance"] });
  });
  afterEach(() => clock.restore());
  const refused = async (people: ApiUser[], caller: Caller) => {
    const directory = new Directory({ queryAll: () => Promise.resolve(people), queryByIds: () => Promise.resolve([]) });
    const state = { email: ann, username: ann, enabled: true, adopted: false };
    const log = { info: () => undefined, warn: (message: string) => said.push(message) };
    const context = {
      directory,
      caller: () => Promise.resolve(caller),
      log,
      run: new RunMemory(),
      host: "platform.test",
    };
    const refusal = directory
      .view(0)
      .then((view) => refuseDoubtfulAbsence("read", { id: "id-of-ann", state }, view, context))
      .catch(messageOf);
    // Other missing accounts are gathered for a moment.
    await clock.runAllAsync();
    return refusal;
  };

  it("is doubted where the provider's own account is missing too, by whatever it is known", async () => {
    const person = { id: "id-of-ci", email: ci, isPerson: true };
    expect(await refused([admin], person)).to.match(/without the account that this provider runs as/);
    expect(await refused([admin, operator], person)).to.equal(undefined);
    expect(await refused([admin, operator], { ...person, id: "a sub that is not the user id" })).to.equal(undefined);
  });

  it("is doubted by the name alone, where nothing tells the id", async () => {
    for (const caller of [{ email: ci }, { username: ci }]) {
      expect(await refused([admin], { ...caller, isPerson: true })).to.match(/without the account that this provider/);
      expect(await refused([admin, operator], { ...caller, isPerson: true })).to.equal(undefined);
    }
    expect(said).to.deep.equal([]);
  });

  it("is believed of a service account; and, with a warning, where nothing tells who the provider runs as", async () => {
    expect(await refused([admin], { id: "id-of-a-service", isPerson: false })).to.equal(undefined);
    expect(said).to.deep.equal([]);
    for (const caller of [{}, { id: "of a person, or of a service" }]) {
      expect(await refused([admin], caller)).to.equal(undefined);
      expect(said.splice(0).join()).to.match(/^Neither the tokens nor userinfo tell .* a list that was cut short/);
    }
  });
});
