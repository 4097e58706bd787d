import { expect } from "chai";
import type { ApiUser } from "../../provider/api/wire";
import { AddressIndex, View } from "../../provider/user/view";

const email = "ann@example.com";
const ann: ApiUser = { id: "id-1", username: email, email, enabled: true };

describe("a view of all accounts", () => {
  it("finds an account by the address itself, and not by a username that looks like it", () => {
    const moved: ApiUser = { ...ann, email: "new@example.com" };
    const view = new View([moved]);
    expect(view.findByEmail(email)).to.equal(moved);
    expect(view.findByAddress(email)).to.equal(undefined);
    expect(view.findByAddress("new@example.com")).to.equal(moved);
    expect(view.findByAddress("other@example.com")).to.equal(undefined);
    expect(view.findAllByEmail("other@example.com")).to.deep.equal([]);
    expect([...view.accounts()]).to.deep.equal([moved]);
  });

  it("keeps the roles that it knows when a look leaves them out, and takes on others", () => {
    const view = new View([{ ...ann, realmRoles: ["admin"] }]);
    view.put({ ...ann, enabled: false });
    expect(view.findById("id-1")).to.deep.equal({ ...ann, enabled: false, realmRoles: ["admin"] });
    const other = { ...ann, realmRoles: [] };
    view.put(other);
    expect(view.findById("id-1")).to.equal(other);
  });

  it("keeps what it is given as it is, so that accounts without roles get no key for them", () => {
    expect(new View([ann]).findById("id-1")).to.equal(ann);
    expect(new View([ann]).showsRoles()).to.equal(false);
  });

  it("counts a seat once, and gives it back", () => {
    const view = new View([ann, { ...ann, id: "id-2", email: "b@example.com", enabled: false }]);
    expect(view.seatsTaken()).to.equal(1);
    view.put(ann);
    expect(view.seatsTaken()).to.equal(1);
    view.put({ ...ann, enabled: false });
    expect(view.seatsTaken()).to.equal(0);
  });
});

describe("an index of addresses", () => {
  it("changes nothing for an id that is there already, or is not there", () => {
    const index = new AddressIndex();
    for (const id of ["1", "2", "1"]) index.add(email, id);
    expect(index.idsOf(email)).to.deep.equal(["1", "2"]);
    index.remove(email, "3");
    expect(index.idsOf(email)).to.deep.equal(["1", "2"]);
    index.remove(email, "1");
    expect(index.idsOf(email)).to.deep.equal(["2"]);
    index.remove(email, "2");
    index.add(email, "3");
    expect(index.idsOf(email)).to.deep.equal(["3"]);
  });
});
