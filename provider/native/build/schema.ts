import fs from "node:fs";
import path from "node:path";
import ts from "typescript";
import { NAMESPACE, SETTINGS, type Setting } from "../../settings-table";
import { Declarations, ROOT, type Property } from "./declarations";

/** A part of the package schema. Its format: the vendor's metaschema for `schema.json`. */
type Spec = Record<string, unknown>;

const FILES = [
  ...["sdk/user.ts", "sdk/team.ts", "sdk/workspace-member.ts", "sdk/lookups.ts", "sdk/workspace-lookups.ts"],
  ...["sdk/provider.ts", "provider/user/model.ts", "provider/user/seats.ts", "provider/lookups.ts"],
  ...["provider/api/wire.ts", "provider/workspace/model.ts", "provider/workspace-lookups.ts"],
];

/** The interfaces from which a resource is described. */
interface Described {
  name: string;
  outputs: string;
  inputs: string;
  /** Conditions on what is there already, of a type that can be listed. */
  listInputs?: string;
}

const RESOURCES: readonly Described[] = [
  { name: "User", outputs: "WallarooUser", inputs: "WallarooUserArgs", listInputs: "GetUsersArgs" },
  { name: "Team", outputs: "WallarooTeam", inputs: "WallarooTeamArgs" },
  { name: "WorkspaceMember", outputs: "WallarooWorkspaceMember", inputs: "WallarooWorkspaceMemberArgs" },
];

/** Values that the engine keeps encrypted in every language. */
const SECRET = new Set(["password", "initialPassword", "initialPasswords"]);

/** The package schema of this checkout, as the text of its file. */
export function currentSchema(): string {
  const { version } = JSON.parse(fs.readFileSync(path.join(ROOT, "package.json"), "utf8")) as { version: string };
  return `${JSON.stringify(packageSchema(version), undefined, 2)}\n`;
}

/** What the SDK declares, with its docstrings, and the table of settings. */
function packageSchema(version: string): Spec {
  const declarations = new Declarations(FILES);
  const types: Record<string, Spec> = {};

  function refTo(name: string): Spec {
    const token = tokenOf(name.replace(/^Wallaroo/, ""));
    const ref = { $ref: `#/types/${token}` };
    if (Object.hasOwn(types, token)) return ref;
    const alias = declarations.aliasOf(name);
    // Another name of the same type.
    if (alias !== undefined && ts.isTypeReferenceNode(alias) && alias.typeArguments === undefined) return typeOf(alias);
    types[token] = {};
    const literals = alias === undefined ? undefined : literalsOf(alias);
    const description = declarations.describe(name);
    types[token] =
      literals === undefined
        ? {
            type: "object",
            description,
            ...objectOf(declarations.propertiesOf(name)),
          }
        : { type: "string", description, enum: literals.map((value) => ({ value })) };
    return ref;
  }

  function typeOf(node: ts.TypeNode): Spec {
    if (node.kind === ts.SyntaxKind.StringKeyword) return { type: "string" };
    if (node.kind === ts.SyntaxKind.NumberKeyword) return { type: "number" };
    if (node.kind === ts.SyntaxKind.BooleanKeyword) return { type: "boolean" };
    if (ts.isArrayTypeNode(node)) return { type: "array", items: typeOf(node.elementType) };
    if (ts.isUnionTypeNode(node)) {
      const rest = node.types.filter(({ kind }) => kind !== ts.SyntaxKind.UndefinedKeyword);
      const [only, ...others] = rest;
      if (only !== undefined && others.length === 0) return typeOf(only);
      return literalsOf(node) === undefined ? { oneOf: rest.map(typeOf) } : { type: "string" };
    }
    if (!ts.isTypeReferenceNode(node)) throw new Error(`the schema has no form for the type ${node.getText()}`);
    const [first, second] = node.typeArguments ?? [];
    if (/^pulumi\.(Input|Output)$/.test(node.typeName.getText()) && first !== undefined) return typeOf(first);
    if (node.typeName.getText() === "Record" && second !== undefined) {
      return { type: "object", additionalProperties: typeOf(second) };
    }
    return refTo(node.typeName.getText());
  }

  function propertiesOf(properties: readonly Property[]): Spec {
    return Object.fromEntries(
      properties.map(({ name, type, description }) => [
        name,
        { ...typeOf(type), description, ...(SECRET.has(name) ? { secret: true } : {}) },
      ]),
    );
  }

  function objectOf(properties: readonly Property[]): { properties: Spec; required: string[] } {
    const needed = properties.filter(({ isOptional, type }) => !isOptional && !type.getText().includes("undefined"));
    return { properties: propertiesOf(properties), required: needed.map(({ name }) => name) };
  }

  function resourceOf({ name, outputs, inputs, listInputs }: Described): Spec {
    const given = objectOf(declarations.propertiesOf(inputs));
    return {
      description: declarations.describe(outputs),
      ...objectOf(declarations.propertiesOf(outputs)),
      inputProperties: given.properties,
      requiredInputs: given.required,
      ...(listInputs === undefined
        ? {}
        : { listInputs: { properties: propertiesOf(declarations.propertiesOf(listInputs)) } }),
      aliases: [{ type: `pulumi-nodejs:dynamic/wallaroo:${name}` }],
    };
  }

  const info = objectOf(declarations.propertiesOf("UserInfo"));
  const text = (description: string) => ({ type: "string", description });
  const functions = {
    getUser: {
      inputs: { properties: { id: text("Keycloak user id."), email: text("Its address.") } },
      outputs: info,
    },
    getUsers: {
      inputs: { properties: propertiesOf(declarations.propertiesOf("GetUsersArgs")) },
      outputs: { properties: { users: { type: "array", items: refTo("UserInfo") } }, required: ["users"] },
    },
    getCurrentUser: { outputs: info },
    getSeats: { outputs: objectOf(declarations.propertiesOf("WallarooSeats")) },
    getWorkspace: {
      inputs: {
        properties: { id: { type: "integer", description: "Its id." }, name: text("Its name, sign by sign.") },
      },
      outputs: objectOf(declarations.propertiesOf("WorkspaceInfo")),
    },
    getWorkspaces: {
      outputs: {
        properties: { workspaces: { type: "array", items: refTo("WorkspaceInfo") } },
        required: ["workspaces"],
      },
    },
  };
  const byToken = (specs: Record<string, Spec>) =>
    Object.fromEntries(Object.entries(specs).map(([name, spec]) => [tokenOf(name), spec]));
  const resources = byToken(Object.fromEntries(RESOURCES.map((resource) => [resource.name, resourceOf(resource)])));
  const settings = settingsOf();
  return {
    name: NAMESPACE,
    version,
    displayName: "Wallaroo",
    description: "Users of the Wallaroo MLOps platform as infrastructure as code.",
    keywords: ["pulumi", "wallaroo", "category/infrastructure", "kind/native"],
    license: "Apache-2.0",
    // The SDKs bring all that their package managers need, such as go.mod.
    meta: { supportPack: true },
    language: {
      nodejs: { packageName: "pulumi-wallaroo-sdk", respectSchemaVersion: true },
      python: { pyproject: { enabled: true }, respectSchemaVersion: true },
      go: { importBasePath: "pulumi-wallaroo/sdk/go/wallaroo", respectSchemaVersion: true },
    },
    config: { variables: settings },
    provider: { description: declarations.describe("WallarooProvider"), inputProperties: settings },
    types,
    resources,
    functions: byToken(
      Object.fromEntries(
        Object.entries(functions).map(([name, spec]) => [name, { description: declarations.describe(name), ...spec }]),
      ),
    ),
  };
}

function settingsOf(): Spec {
  return Object.fromEntries(
    Object.entries<Setting>(SETTINGS).map(([key, setting]) => {
      const { description, secret, variable } = setting;
      const isStatic = setting.default !== undefined && !String(setting.default).includes("{");
      return [
        key,
        {
          ...settingType(setting),
          description: `${description}${variable === undefined ? "" : ` Environment: \`${variable}\`.`}${
            isStatic ? ` Default: ${String(setting.default)}.` : ""
          }`,
          ...(secret === true ? { secret } : {}),
        },
      ];
    }),
  );
}

function settingType(setting: Setting): Spec {
  if (setting.kind === "number") return { type: setting.whole === true ? "integer" : "number" };
  if (setting.kind === "names") return { type: "array", items: { type: "string" } };
  return { type: setting.kind === "boolean" ? "boolean" : "string" };
}

/** The values of a union of texts, or of one; undefined for any other type. */
function literalsOf(node: ts.TypeNode): string[] | undefined {
  const parts = ts.isUnionTypeNode(node) ? [...node.types] : [node];
  const values = parts.flatMap((part) =>
    ts.isLiteralTypeNode(part) && ts.isStringLiteral(part.literal) ? [part.literal.text] : [],
  );
  return values.length === parts.length ? values : undefined;
}

function tokenOf(name: string): string {
  return `${NAMESPACE}:index:${name}`;
}
