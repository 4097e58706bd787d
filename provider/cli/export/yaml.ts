import { Document, isScalar, type Pair, type Scalar, type YAMLMap } from "yaml";
import type { Account, Found } from "./accounts";
import type { As } from "./export";
import { rolesOf } from "./memberships";
import { MEMBER_POLICY, POLICY, declaredOf, headLines, leftOutLines, membershipsOf } from "./words";

/** A whole `Pulumi.yaml` for the native plugin. */
export function yamlProgram(found: Found, as: As): string {
  const document = new Document({}, { aliasDuplicateObjects: false, compat: "yaml-1.1" });
  const contents = document.createNode({
    name: "wallaroo-accounts",
    runtime: "yaml",
    plugins: { providers: [{ name: "wallaroo", path: "./node_modules/pulumi-wallaroo/plugin" }] },
    ...(as === "team" ? {} : { variables: variablesOf(found) }),
    resources: {},
  }) as YAMLMap;
  document.contents = contents;
  document.commentBefore = commented(headLines(found));
  const leftOut = leftOutLines(found);
  if (leftOut.length > 0) document.comment = commented(leftOut);
  const resources = as === "team" ? { staff: teamOf(found) } : usersOf(found);
  contents.set("resources", document.createNode(resources));
  const holder = contents.getIn(as === "team" ? ["resources", "staff", "properties"] : ["variables"]) as YAMLMap;
  (holder.items[0] as Pair<Scalar>).key.commentBefore = commented(POLICY);
  const last = holder.items.find(({ key }) => isScalar(key) && key.value === "ofMemberships");
  if (last !== undefined) (last as Pair<Scalar>).key.commentBefore = commented(MEMBER_POLICY);
  for (const account of found.accounts.filter(({ isAdmin }) => isAdmin)) remark(contents, account, as);
  return document.toString({ lineWidth: 0, blockQuote: false });
}

function commented(lines: readonly string[]): string {
  return lines.map((line) => ` ${line}`).join("\n");
}

function teamOf({ accounts }: Found): object {
  const members = Object.fromEntries(accounts.map((account) => [escaped(account.email), memberOf(account)]));
  return { type: "wallaroo:index:Team", properties: { adopt: true, onDestroy: "retain", members } };
}

function memberOf(account: Account): object {
  const roles = Object.entries(rolesOf(account.workspaces) ?? {}).map(([name, role]) => [escaped(name), role]);
  return {
    ...propertiesOf(account),
    ...(roles.length === 0 ? {} : { workspaces: Object.fromEntries(roles) as object }),
  };
}

function variablesOf(found: Found): object {
  const hasMembers = membershipsOf(found).length > 0;
  return { adopt: true, onDestroy: "retain", ...(hasMembers ? { ofMemberships: "retain" } : {}) };
}

function usersOf(found: Found): object {
  const adopt = "${adopt}";
  // The name of a resource is not interpolated.
  const users = found.accounts.map((account): [name: string, resource: object] => {
    const properties = { email: escaped(account.email), ...propertiesOf(account), adopt, onDestroy: "${onDestroy}" };
    return [account.email, { type: "wallaroo:index:User", properties }];
  });
  const members = membershipsOf(found).map(({ name, email, workspace, role }): [name: string, resource: object] => {
    const given = { workspace: escaped(workspace), user: escaped(email) };
    const properties = { ...given, role, adopt, onDestroy: "${ofMemberships}" };
    return [name, { type: "wallaroo:index:WorkspaceMember", properties }];
  });
  return Object.fromEntries([...users, ...members]);
}

function propertiesOf(account: Account): object {
  return Object.fromEntries(Object.entries(declaredOf(account)).map(([name, value]) => [name, escaped(value)]));
}

/** `$$` is how Pulumi's YAML says `$`: in values, and in the keys of an object that is a value. */
function escaped<T>(value: T): T | string {
  return typeof value === "string" ? value.replaceAll("$", "$$$$") : value;
}

function remark(contents: YAMLMap, { email }: Account, as: As): void {
  const path = as === "team" ? ["resources", "staff", "properties", "members"] : ["resources"];
  const key = as === "team" ? escaped(email) : email;
  const entries = (contents.getIn(path) as YAMLMap<Scalar>).items;
  const entry = entries.find((item) => isScalar(item.key) && item.key.value === key);
  if (entry !== undefined) entry.key.commentBefore = " administrator";
}
