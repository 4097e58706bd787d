import { COLUMNS, type Column } from "../../roster/columns";
import { Declarations } from "./declarations";

/** The JSON Schema of rosters for editors, as the text of its file: the columns, with the docstrings of the SDK. */
export function currentRosterSchema(): string {
  const declarations = new Declarations(["sdk/user.ts", "sdk/team.ts"]);
  const described = [
    ...declarations.propertiesOf("WallarooUserArgs"),
    ...declarations.propertiesOf("WallarooTeamMember"),
  ];
  const describe = (name: string) => {
    const description = described.find((property) => property.name === name)?.description ?? "";
    if (description === "") throw new Error(`the column ${name} of a roster has no docstring`);
    return description;
  };
  const columns = Object.fromEntries(
    Object.entries<Column>(COLUMNS).map(([name, { schema }]) => [name, { description: describe(name), ...schema }]),
  );
  const email = { description: describe("email"), type: "string", pattern: "@" };
  const schema = {
    $schema: "http://json-schema.org/draft-07/schema#",
    title: "Roster of a Wallaroo team",
    description: "Members by address, or a list of members with `email`.",
    oneOf: [
      {
        type: "object",
        properties: { $schema: { type: "string" } },
        patternProperties: { "@": { type: "object", properties: columns, additionalProperties: false } },
        additionalProperties: false,
      },
      {
        type: "array",
        minItems: 1,
        items: { type: "object", properties: { email, ...columns }, required: ["email"], additionalProperties: false },
      },
    ],
  };
  return `${JSON.stringify(schema, undefined, 2)}\n`;
}
