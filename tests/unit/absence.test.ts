import { expect } from "chai";
import { messageOf } from "../../provider/api/errors";
import type { Caller } from "../../provider/api/token";
import type { ApiUser } from "../../provider/api/wire";
import { refuseDoubtfulAbsence } from "../../provider/user/absence";
import { Directory } from "../../provider/user/directory";

const [ann, ci] = ["ann@example.com", "ci@example.com"];

describe("the absence of an account from the list of everybody", () => {
  const admin: ApiUser = { id: "id-of-admin", username: "admin", enabled: true };
  const operator: ApiUser = { id: "id-of-ci", username: ci, email: ci, enabled: true };
  const refused = async (people: ApiUser[], caller: Caller) => {
    const directory = new Directory({ queryAll: () => Promise.resolve(people), queryByIds: () => Promise.resolve([]) });
    const state = { email: ann, username: ann, enabled: true, adopted: false };
    const tools = { directory, caller: () => Promise.resolve(caller) };
    return refuseDoubtfulAbsence("read", { id: "id-of-ann", state }, await directory.view(0), tools).catch(messageOf);
  };

  it("is doubted where the provider's own account is missing too, by whatever it is known", async () => {
    const person = { id: "id-of-ci", email: ci, isPerson: true };
    expect(await refused([admin], person)).to.match(/without the account that this provider runs as/);
    expect(await refused([admin, operator], person)).to.equal(undefined);
    expect(await refused([admin, operator], { ...person, id: "a sub that is not the user id" })).to.equal(undefined);
  });

  it("is believed of a service account, and of a token that tells no id", async () => {
    expect(await refused([admin], { id: "id-of-a-service", isPerson: false })).to.equal(undefined);
    expect(await refused([admin], { email: ci, isPerson: true })).to.equal(undefined);
  });
});
