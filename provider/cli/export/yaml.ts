import { Document, isScalar, type Pair, type Scalar, type YAMLMap } from "yaml";
import type { Account, Found } from "./accounts";
import type { As } from "./export";
import { POLICY, headLines, leftOutLines } from "./words";

/** A whole `Pulumi.yaml` for the native plugin. */
export function yamlProgram(found: Found, as: As): string {
  const document = new Document({}, { aliasDuplicateObjects: false, compat: "yaml-1.1" });
  const contents = document.createNode({
    name: "wallaroo-accounts",
    runtime: "yaml",
    plugins: { providers: [{ name: "wallaroo", path: "./node_modules/pulumi-wallaroo/plugin" }] },
    ...(as === "team" ? {} : { variables: { adopt: true, onDestroy: "retain" } }),
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
  for (const account of found.accounts.filter(({ isAdmin }) => isAdmin)) remark(contents, account, as);
  return document.toString({ lineWidth: 0, blockQuote: false });
}

function commented(lines: readonly string[]): string {
  return lines.map((line) => ` ${line}`).join("\n");
}

function teamOf({ accounts }: Found): object {
  const members = Object.fromEntries(accounts.map((account) => [escaped(account.email), propertiesOf(account)]));
  return { type: "wallaroo:index:Team", properties: { adopt: true, onDestroy: "retain", members } };
}

function usersOf({ accounts }: Found): object {
  const policy = { adopt: "${adopt}", onDestroy: "${onDestroy}" };
  return Object.fromEntries(
    accounts.map((account) => [
      // The name of a resource is not interpolated.
      account.email,
      {
        type: "wallaroo:index:User",
        properties: { email: escaped(account.email), ...propertiesOf(account), ...policy },
      },
    ]),
  );
}

function propertiesOf({ enabled, firstName, lastName }: Account): object {
  return {
    ...(enabled ? {} : { enabled }),
    ...(firstName === undefined ? {} : { firstName: escaped(firstName) }),
    ...(lastName === undefined ? {} : { lastName: escaped(lastName) }),
  };
}

/** `$$` is how Pulumi's YAML says `$`: in values, and in the keys of an object that is a value. */
function escaped(text: string): string {
  return text.replaceAll("$", "$$$$");
}

function remark(contents: YAMLMap, { email }: Account, as: As): void {
  const path = as === "team" ? ["resources", "staff", "properties", "members"] : ["resources"];
  const key = as === "team" ? escaped(email) : email;
  const entries = (contents.getIn(path) as YAMLMap<Scalar>).items;
  const entry = entries.find((item) => isScalar(item.key) && item.key.value === key);
  if (entry !== undefined) entry.key.commentBefore = " administrator";
}
