import { expect } from "chai";
import type { UsersApi } from "../../provider/api/users";
import type { ApiUser, EditUserRequest } from "../../provider/api/wire";
import { Accounts } from "../../provider/user/account";
import { Directory, READ_AGE_MS } from "../../provider/user/directory";

const person = (email: string) => ({ id: email, username: email, email, enabled: true }) satisfies ApiUser;
const [ann, bob] = [person("ann@example.com"), person("bob@example.com")];

/** A release that edits names and shows nobody's roles; none is known, but both are newer features of their own. */
describe("an edit where nobody's roles are shown", () => {
  let sent: EditUserRequest[];
  let directory: Directory;
  let accounts: Accounts;
  beforeEach(() => {
    sent = [];
    const users = {
      queryAll: () => Promise.resolve([{ ...ann }, { ...bob }]),
      edit: (request: EditUserRequest) => Promise.resolve(sent.push(request) > 0),
    } as unknown as UsersApi;
    directory = new Directory(users);
    accounts = new Accounts({ users, directory });
  });

  it("takes the admin role away where it is declared so, though it seems to be so already", async () => {
    await accounts.editProfile(ann, { email: ann.email, enabled: true, admin: false }, undefined);
    await accounts.editProfile(bob, { email: bob.email, enabled: true, admin: false }, true);
    expect(sent.map(({ isAdmin }) => isAdmin)).to.deep.equal([false, false]);
    await accounts.editProfile(ann, { email: ann.email, enabled: true, admin: false }, false);
    expect(sent, "what this stack knows is not sent again").to.have.length(2);
  });

  it("does not make others look like people without roles", async () => {
    await accounts.editProfile(ann, { email: ann.email, enabled: true, admin: true }, undefined);
    expect((await directory.view(READ_AGE_MS)).showsRoles()).to.equal(false);
  });
});

describe("the seats of a licence", () => {
  it("are counted once for who is on the way in and shown already", async () => {
    const shown: ApiUser[] = [{ ...bob }];
    const users = { queryAll: () => Promise.resolve([...shown]) } as unknown as UsersApi;
    const directory = new Directory(users);
    const accounts = new Accounts({ users, directory, seatLimit: 3 });
    const release = await accounts.takeSeat(ann.email);
    shown.push({ ...ann });
    await directory.view(0);
    await accounts.takeSeat("cleo@example.com");
    release();
    const late = await accounts.takeSeat("late@example.com").catch((error: unknown) => error);
    expect((late as Error).message).to.match(/3 of the 3 seats/);
  });
});
