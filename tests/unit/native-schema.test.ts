import fs from "node:fs";
import path from "node:path";
import { expect } from "chai";
import { currentSchema } from "../../provider/native/build/schema";
import { ROOT } from "../../provider/native/build/declarations";
import { SETTINGS, type Setting } from "../../provider/settings-table";

interface Properties {
  [name: string]: { type?: string; secret?: boolean; description?: string; $ref?: string };
}
interface Schema {
  resources: Record<
    string,
    { inputProperties: Properties; properties: Properties; requiredInputs: string[]; aliases: object[] }
  >;
  types: Record<string, { enum?: object[]; properties?: Properties; required?: string[] }>;
  provider: { inputProperties: Properties };
  config: { variables: Properties };
}

describe("the schema of the native plugin", () => {
  const schema = JSON.parse(currentSchema()) as Schema;
  const secretsOf = (properties: Properties = {}) =>
    Object.keys(properties).filter((name) => properties[name]?.secret === true);

  it("is the one that is committed", () => {
    const committed = fs.readFileSync(path.join(ROOT, "plugin/schema.json"), "utf8");
    expect(committed === currentSchema(), "plugin/schema.json is old: run `npm run schema`").to.equal(true);
  });

  it("has the types of the dynamic provider as aliases", () => {
    for (const [token, { aliases }] of Object.entries(schema.resources)) {
      expect(aliases).to.deep.equal([{ type: token.replace("wallaroo:index:", "pulumi-nodejs:dynamic/wallaroo:") }]);
    }
  });

  it("marks what is a secret, and describes every property", () => {
    const [user, team] = ["User", "Team"].map((name) => schema.resources[`wallaroo:index:${name}`]);
    expect(secretsOf(user?.inputProperties)).to.deep.equal(["password"]);
    expect(secretsOf(user?.properties)).to.deep.equal(["initialPassword"]);
    expect(secretsOf(team?.properties)).to.deep.equal(["initialPasswords"]);
    expect(secretsOf(schema.types["wallaroo:index:TeamMember"]?.properties)).to.deep.equal(["password"]);
    for (const { inputProperties, properties } of Object.values(schema.resources)) {
      for (const [name, { description }] of [...Object.entries(inputProperties), ...Object.entries(properties)])
        expect(description, name).to.be.a("string").not.empty;
    }
  });

  it("names the values of an enumeration, and what is required", () => {
    const onDestroy = schema.types["wallaroo:index:OnDestroy"];
    expect(onDestroy?.enum).to.deep.equal([{ value: "deactivate" }, { value: "retain" }]);
    expect(schema.resources["wallaroo:index:User"]?.requiredInputs).to.deep.equal(["email"]);
    expect(schema.resources["wallaroo:index:Team"]?.requiredInputs).to.deep.equal(["members"]);
    expect(schema.types["wallaroo:index:TeamMember"]).to.deep.include({ required: [] });
  });

  it("has the settings of the table for configuration and for the inputs of a provider", () => {
    const table = Object.entries<Setting>(SETTINGS);
    const secrets = table.flatMap(([key, { secret }]) => (secret === true ? [key] : []));
    for (const properties of [schema.config.variables, schema.provider.inputProperties]) {
      expect(Object.keys(properties)).to.deep.equal(table.map(([key]) => key));
      expect(secretsOf(properties)).to.deep.equal(secrets);
    }
  });
});
