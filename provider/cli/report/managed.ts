import { WallarooError, cleanWords } from "../../api/errors";
import { isRecord, parseObject } from "../../api/json";
import { canonicalEmail } from "../../user/email";

/** One account that a stack manages. */
export interface ManagedAccount {
  /** Keycloak id, as the state has it. */
  id: string;
  /** Canonical address. */
  email: string;
  /** Project, stack and name of the resource, as in `people/prod: staff`. */
  by: string;
  /** The last day of access that is declared, as `YYYY-MM-DD`. */
  expires?: string;
}

/** The accounts of one stack. */
export interface ManagedStack {
  accounts: ManagedAccount[];
  /** Names of resources whose expiry can't be read, as the export has it encrypted. */
  unreadable: string[];
}

/** The types of this package's resources with accounts, for the dynamic provider and the native plugin. */
const USER = /(^|\/)wallaroo:(index:)?User$/;
const TEAM = /(^|\/)wallaroo:(index:)?Team$/;

/** What a stack manages, by the text of `pulumi stack export`, secrets encrypted or not. Raises `badInput`. */
export function readStackExport(text: string, source: string): ManagedStack {
  const { deployment } = parseObject(text);
  if (!isRecord(deployment)) throw failure(source, "it is not what `pulumi stack export` writes");
  const resources = deployment["resources"] ?? [];
  if (!Array.isArray(resources)) throw failure(source, "its resources are not a list");
  const stack: ManagedStack = { accounts: [], unreadable: [] };
  for (const resource of resources) {
    if (!isRecord(resource)) throw failure(source, "one of its resources is not an object");
    const { type, urn, external, delete: isLeaving } = resource;
    // What a program only reads, and what waits to be deleted, is not managed.
    if (typeof type !== "string" || typeof urn !== "string" || external === true || isLeaving === true) continue;
    if (USER.test(type)) stack.accounts.push(userOf(resource, nameOf(urn), source));
    else if (TEAM.test(type)) addTeam(stack, resource, nameOf(urn), source);
  }
  return stack;
}

function userOf({ id, outputs }: Record<string, unknown>, by: string, source: string): ManagedAccount {
  const { email, expires } = isRecord(outputs) ? outputs : {};
  if (typeof id !== "string" || typeof email !== "string") throw failure(source, `${by} has no id or address`);
  return accountOf(id, email, by, expires);
}

/** Expiry stands in the details of members, which the native plugin encrypts; then in what is declared. */
function addTeam(stack: ManagedStack, { outputs, inputs }: Record<string, unknown>, by: string, source: string): void {
  const { ids, details } = isRecord(outputs) ? outputs : {};
  const members = isRecord(inputs) ? inputs["members"] : undefined;
  if (!isPlain(ids)) throw failure(source, `the ids of the members of ${by} can't be read`);
  const known = [details, members].find(isPlain);
  if (known === undefined) stack.unreadable.push(by);
  for (const [email, id] of Object.entries(ids)) {
    if (typeof id !== "string") throw failure(source, `the id of ${email} in ${by} can't be read`);
    const member = Object.entries(known ?? {}).find(([name]) => canonicalEmail(name) === canonicalEmail(email))?.[1];
    stack.accounts.push(accountOf(id, email, by, isRecord(member) ? member["expires"] : undefined));
  }
}

/** The key that marks an encrypted value in a state. */
const SIGNATURE = "4dabf18193072939515e22adb298388d";

function isPlain(value: unknown): value is Record<string, unknown> {
  return isRecord(value) && !(SIGNATURE in value);
}

function accountOf(id: string, email: string, by: string, expires: unknown): ManagedAccount {
  const account = { id, email: canonicalEmail(email), by };
  return typeof expires === "string" ? { ...account, expires: cleanWords(expires) } : account;
}

/** `urn:pulumi:STACK::PROJECT::TYPE::NAME` as `PROJECT/STACK: NAME`. */
function nameOf(urn: string): string {
  const [stack = "", project = "", , ...name] = urn.replace(/^urn:pulumi:/, "").split("::");
  return cleanWords(`${project}/${stack}: ${name.join("::")}`);
}

function failure(source: string, words: string): WallarooError {
  const next = "Export it again with `pulumi stack export --file FILE`.";
  return new WallarooError({ kind: "badInput", operation: "read", who: source, words, next });
}
