import { expect } from "chai";
import type { UsersApi } from "../../provider/api/users";
import type { ApiUser, EditUserRequest } from "../../provider/api/wire";
import { editProfile, releaseSeat, takeSeat } from "../../provider/user/apply";
import { Directory, READ_AGE_MS } from "../../provider/user/directory";
import { RunMemory } from "../../provider/user/run";

const person = (email: string) => ({ id: email, username: email, email, enabled: true }) satisfies ApiUser;
const [ann, bob] = [person("ann@example.com"), person("bob@example.com")];

/** A release that edits names and shows no roles; none is known, but both are newer features of their own. */
describe("an edit if no roles are shown", () => {
  let sent: EditUserRequest[];
  let directory: Directory;
  let edit: (user: ApiUser, admin: boolean, wasAdmin: boolean | undefined) => Promise<unknown>;
  beforeEach(() => {
    sent = [];
    const users = {
      queryAll: () => Promise.resolve([{ ...ann }, { ...bob }]),
      edit: (request: EditUserRequest) => Promise.resolve(sent.push(request) > 0),
    } as unknown as UsersApi;
    directory = new Directory(users);
    const context = { users, directory, run: new RunMemory() };
    edit = (user, admin, wasAdmin) => editProfile(context, user, { email: user.username, admin }, wasAdmin);
  });

  it("takes the admin role away where it is declared so, though it seems to be so already", async () => {
    await edit(ann, false, undefined);
    await edit(bob, false, true);
    expect(sent.map(({ isAdmin }) => isAdmin)).to.deep.equal([false, false]);
    await edit(ann, false, false);
    expect(sent, "what this stack knows is not sent again").to.have.length(2);
  });

  it("does not make others look like accounts without roles", async () => {
    await edit(ann, true, undefined);
    expect((await directory.view(READ_AGE_MS)).showsRoles()).to.equal(false);
  });
});

describe("the seats of a licence", () => {
  it("are counted once for who is on the way in and shown already", async () => {
    const shown: ApiUser[] = [{ ...bob }];
    const users = { queryAll: () => Promise.resolve([...shown]) } as unknown as UsersApi;
    const directory = new Directory(users);
    const context = { directory, run: new RunMemory(), seatLimit: 3 };
    await takeSeat(context, ann.email);
    shown.push({ ...ann });
    await directory.view(0);
    await takeSeat(context, "cleo@example.com");
    releaseSeat(context, ann.email);
    const late = await takeSeat(context, "late@example.com").catch((error: unknown) => error);
    expect((late as Error).message).to.match(/3 of the 3 seats/);
  });
});
