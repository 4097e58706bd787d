import { expect } from "chai";
import type { ApiUser } from "../../provider/api/wire";
import {
  PROPERTIES,
  findNameProblem,
  hasProfile,
  isAdmin,
  isShown,
  namesOf,
  profileOf,
} from "../../provider/user/properties";

const ann: ApiUser = { id: "1", username: "ann", enabled: true };

describe("the admin role in the table of properties", () => {
  const { read, write } = PROPERTIES.admin;

  it("is read from the roles that are shown", () => {
    expect(read({ ...ann, realmRoles: ["user", "admin"] })).to.equal(true);
    expect(read({ ...ann, realmRoles: ["administrator"] })).to.equal(false);
    expect(read(ann)).to.equal(false);
    expect(isAdmin({ ...ann, realmRoles: "admin" } as unknown as ApiUser), "an odd answer").to.equal(false);
  });

  it("is written once, beside the other roles", () => {
    const boss = { ...ann, realmRoles: ["admin", "user"] };
    expect(write(boss, true).realmRoles).to.deep.equal(["user", "admin"]);
    expect(write(boss, false).realmRoles).to.deep.equal(["user"]);
    expect(write(ann, true)).to.deep.equal({ ...ann, realmRoles: ["admin"] });
    expect(write(ann, false)).to.deep.equal({ ...ann, realmRoles: [] });
  });

  it("is shown by an account with roles alone; names are by each", () => {
    expect(isShown(PROPERTIES.admin, ann)).to.equal(false);
    expect(isShown(PROPERTIES.admin, { ...ann, realmRoles: [] })).to.equal(true);
    expect(isShown(PROPERTIES.firstName, ann)).to.equal(true);
  });
});

describe("the table of properties", () => {
  it("names the properties of each kind in its own order", () => {
    expect(namesOf("identity")).to.deep.equal(["email"]);
    expect(namesOf("account")).to.deep.equal(["enabled"]);
    expect(namesOf("profile")).to.deep.equal(["firstName", "lastName", "admin"]);
    expect(namesOf("policy")).to.deep.equal(["expires", "adopt", "onDestroy", "handOver", "onSoleOwner"]);
    expect(namesOf("inviteOnly", "identity")).to.deep.equal(["email", "password", "roles", "requireReset"]);
  });

  it("reads a name that is not there as empty, and writes it", () => {
    const { read, write } = PROPERTIES.lastName;
    expect([read(ann), read({ ...ann, lastName: "Archer" })]).to.deep.equal(["", "Archer"]);
    expect(write(ann, "Archer")).to.deep.equal({ ...ann, lastName: "Archer" });
  });

  it("makes profiles of what is there, an empty name included", () => {
    expect(profileOf((name) => (name === "admin" ? undefined : ""))).to.deep.equal({ firstName: "", lastName: "" });
    expect([hasProfile({}), hasProfile({ admin: false }), hasProfile({ firstName: "" })]).to.deep.equal([
      false,
      true,
      true,
    ]);
  });
});

describe("a name", () => {
  const names: [string, string | undefined][] = [
    ["", undefined],
    ["Ann-Marie O'Neil, Jr.", undefined],
    ["用户", undefined],
    ["x".repeat(255), undefined],
    ["x".repeat(256), "is longer than 255 characters"],
    [" \t", "holds nothing but spaces"],
    ["Ann <Archer>", "holds the character <"],
    ["Ann!", "holds the character !"],
    ["Ann~", "holds the character ~"],
    ["Ann\nArcher", "holds a line break or another control character"],
    ["Ann\u2028", "holds a line break or another control character"],
    ["Ann\u007f", "holds a line break or another control character"],
  ];
  for (const [name, problem] of names) {
    const what = problem ?? "is fine";
    it(`${what}: ${JSON.stringify(name).slice(0, 30)}`, () => expect(findNameProblem(name)).to.equal(problem));
  }
});
