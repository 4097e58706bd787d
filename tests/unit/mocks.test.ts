import { expect } from "chai";
import * as pulumi from "@pulumi/pulumi";
import * as lookups from "../../sdk/lookups";
import { WallarooProvider } from "../../sdk/provider";
import { messageOf } from "../integration/platform";

const ann = { id: "1", email: "ann@example.com", username: "ann@example.com", enabled: true, admin: false };

describe("a lookup in a unit test with mocks", () => {
  let asked: { token: string; inputs: unknown; provider?: string }[];
  let registered: string[];
  let users: unknown;
  beforeEach(async () => {
    asked = [];
    registered = [];
    users = [ann];
    const mocks: pulumi.runtime.Mocks = {
      newResource: ({ name }) => {
        registered.push(name);
        return { id: name, state: {} };
      },
      call: ({ token, inputs, provider }) => {
        asked.push({ token, inputs: inputs as unknown, ...(provider === "" ? {} : { provider }) });
        return token.endsWith("getUsers") ? { users } : ann;
      },
    };
    // Else the project is that of whichever test ran before.
    await pulumi.runtime.setMocks(mocks, "project", "stack");
  });
  const valueOf = <T>(output: pulumi.Output<T>) => new Promise<T>((resolve) => void output.apply(resolve));

  it("is answered by them, under the name of a provider's function", async () => {
    expect(await lookups.getUser({ email: "ann@example.com" })).to.deep.equal(ann);
    expect(await lookups.getUsers({ enabled: true, emailDomain: "example.com" })).to.deep.equal([ann]);
    expect(await lookups.getCurrentUser()).to.deep.equal(ann);
    expect(asked).to.deep.equal([
      { token: "wallaroo:index:getUser", inputs: { email: "ann@example.com" } },
      { token: "wallaroo:index:getUsers", inputs: { enabled: true, emailDomain: "example.com" } },
      { token: "wallaroo:index:getCurrentUser", inputs: {} },
    ]);
  });

  it("is answered by them in its output form, and is told the provider of its parent", async () => {
    const provider = new WallarooProvider("other", { url: "https://x.example", token: "t" });
    const parent = new pulumi.ComponentResource("tests:index:Site", "site", {}, { provider });
    expect(await valueOf(lookups.getUserOutput({ id: pulumi.output("1") }, { provider }))).to.deep.equal(ann);
    expect(await valueOf(lookups.getUsersOutput({}, { parent }))).to.deep.equal([ann]);
    expect(await valueOf(lookups.getCurrentUserOutput())).to.deep.equal(ann);
    const urn = "urn:pulumi:stack::project::pulumi:providers:pulumi-nodejs::other::other";
    expect(asked.map(({ provider }) => provider)).to.deep.equal([urn, urn, undefined]);
  });

  it("refuses the arguments that it refuses elsewhere, without asking them", async () => {
    const nobody = {} as unknown as lookups.GetUserArgs;
    expect(await messageOf(() => lookups.getUser(nobody))).to.match(/exactly one of id and email/);
    const slip = { enabeld: true } as unknown as lookups.GetUsersArgs;
    expect(await messageOf(() => lookups.getUsers(slip))).to.match(/there is no condition enabeld/);
    expect(asked).to.deep.equal([]);
    expect(registered, "nothing that ends a run").to.deep.equal([]);
  });

  it("says what the mock of getUsers has to answer", async () => {
    for (users of [undefined, ann]) {
      expect(await messageOf(() => lookups.getUsers())).to.match(
        /mock of wallaroo:index:getUsers has to answer .* users/,
      );
    }
    expect(registered).to.deep.equal([]);
  });
});
