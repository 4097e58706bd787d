import assert from "node:assert";
import * as pulumi from "@pulumi/pulumi";
import type * as Program from "./people";

const declared = new Map<string, Record<string, unknown>>();

function answer({ token, inputs }: pulumi.runtime.MockCallArgs): Record<string, unknown> {
  const boss = { id: "0", username: "boss@example.com", enabled: true, admin: true };
  switch (token) {
    case "wallaroo:index:getUser":
      return { ...boss, id: "1", ...(inputs as object), admin: false };
    case "wallaroo:index:getUsers":
      return { users: [boss] };
    case "wallaroo:index:getCurrentUser":
      return boss;
    default:
      throw new Error(`unexpected call of ${token}`);
  }
}

const valueOf = <T>(output: pulumi.Output<T>) => new Promise<T>((resolve) => void output.apply(resolve));

describe("the users of this stack", () => {
  let people: typeof Program;

  before(async () => {
    await pulumi.runtime.setMocks({
      newResource: ({ name, inputs }) => {
        declared.set(name, inputs as Record<string, unknown>);
        return { id: `id-of-${name}`, state: inputs as Record<string, unknown> };
      },
      call: answer,
    });
    pulumi.runtime.setAllConfig({ "project:people": '{ "team": ["cleo@example.com"] }' });
    people = await import("./people.js");
  });

  it("declares the team of the configuration", async () => {
    assert.equal(await valueOf(people.science.id), "id-of-science");
    assert.deepEqual(declared.get("science")?.["members"], { "bob@example.com": {}, "cleo@example.com": {} });
  });

  it("gives Ann an id", async () => {
    assert.equal(await valueOf(people.ann.id), "id-of-ann");
    assert.equal(declared.get("ann")?.["email"], "ann@example.com");
  });

  it("looks up what the mocks say", async () => {
    assert.equal(await valueOf(people.annIsAdmin), false);
    assert.deepEqual(await people.administrators, ["boss@example.com"]);
    assert.equal(await people.runsAs, "boss@example.com");
  });
});
