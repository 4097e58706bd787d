import { expect } from "chai";
import { WallarooError } from "../../provider/api/errors";
import { Directory } from "../../provider/user/directory";
import { invite } from "../../provider/user/invitation";

const ann = "ann@example.com";

describe("an invite whose answer says nothing", () => {
  const kindOf = async (enabled: boolean) => {
    const about = { operation: "invite", who: ann, words: "no explanation", next: "" };
    const users = {
      invite: () => Promise.reject(new WallarooError({ kind: "unavailable", status: 500, ...about })),
      queryAll: () => Promise.resolve([{ id: "id-of-ann", username: ann, email: ann, enabled }]),
      queryByIds: () => Promise.resolve([]),
    };
    const pause = () => Promise.resolve(false);
    return (await invite({ email: ann }, { users, directory: new Directory(users), pause })).kind;
  };

  it("is taken for the cause of an active account, and not of a deactivated one, as an invite makes nobody so", async () => {
    expect([await kindOf(true), await kindOf(false)]).to.deep.equal(["arrived", "taken"]);
  });
});
