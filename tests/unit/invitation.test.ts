import { expect } from "chai";
import { WallarooError, messageOf } from "../../provider/api/errors";
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

  it("is asked about once more when the next attempt never left, and says what to do if it arrives later", async () => {
    const about = { operation: "invite", who: ann, words: "down", next: "Try again." };
    const ended = async (isThereAtLast: boolean) => {
      let [sent, asked] = [0, 0];
      const users = {
        invite: () =>
          Promise.reject(new WallarooError({ kind: "unavailable", ...about, beforeSending: (sent += 1) === 2 })),
        queryAll: () => {
          const user = { id: "id-of-ann", username: ann, email: ann, enabled: true };
          const admin = { id: "id-of-admin", username: "admin", enabled: true };
          return Promise.resolve((asked += 1) > 1 && isThereAtLast ? [admin, user] : [admin]);
        },
        queryByIds: () => Promise.resolve([]),
      };
      const pause = () => Promise.resolve(sent < 2);
      return invite({ email: ann }, { users, directory: new Directory(users), pause }).catch(messageOf);
    };
    expect(await ended(true)).to.include({ kind: "arrived" });
    expect(await ended(false)).to.match(/down\. Try again\. If it then finds an active account.*write `adopt: true`/);
  });
});
