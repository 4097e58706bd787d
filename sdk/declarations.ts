import * as pulumi from "@pulumi/pulumi";
import type { Declared } from "../provider/resource/resource";
import { findSecrets } from "./parts";
import { warnOfUnknownSettings } from "./unknown-settings";

/** Which resources declare which addresses in one run. */
class Declarations {
  count = 0;
  readonly byEmail = new Map<string, { key: string; name: string }[]>();
  /** How many resources may free seats. */
  freeing = 0;
  /** Names, by key, of resources whose addresses are not known yet. */
  readonly late = new Map<string, string>();

  /** Names of the resources other than `key` that declare this address. */
  othersOf(email: string, key: string): string[] {
    return (this.byEmail.get(email) ?? []).filter((other) => other.key !== key).map((other) => other.name);
  }
}

/** Most names of late resources that a team is told. */
const MAX_LATE = 5;

/** Programs of the Automation API run several times in one process. */
const runs = new WeakMap<object, Declarations>();
/** Those of all providers of one program, by its monitor. */
const programs = new WeakMap<object, Set<Declarations>>();

/**
 * What a resource tells the provider of itself, so that an account that is declared twice is refused, naming both
 * resources. Resolved after the synchronous part of the program, when all addresses that stand in it are known.
 * Explicit providers are different platforms. A resource of a component is called by both names, as components repeat
 * theirs.
 * @param emails canonical; undefined while they are not known
 * @param isTold which other declarations the provider has to know: a team leaves members alone that move elsewhere, and one
 *   that looks for unmanaged accounts has to know those of other providers, which may be of the same platform
 * @param failure what is wrong with the arguments as a whole, for check to refuse
 * @param inputs in which secrets are looked for
 */
export async function declare(
  { name, type, opts, frees }: { name: string; type: string; opts: pulumi.CustomResourceOptions; frees?: boolean },
  emails: readonly string[] | undefined,
  isTold: "of all" | "of its own" | "of every provider",
  failure?: string,
  inputs: Record<string, unknown> = {},
): Promise<Declared> {
  const provider = opts.provider ?? opts.parent?.getProvider(type);
  if (provider === undefined) warnOfUnknownSettings();
  const run = provider ?? pulumi.runtime.getMonitor() ?? runs;
  const declarations = runs.get(run) ?? new Declarations();
  runs.set(run, declarations);
  const monitor = pulumi.runtime.getMonitor() ?? programs;
  const program = programs.get(monitor) ?? new Set();
  programs.set(monitor, program.add(declarations));
  const key = `${(declarations.count += 1)}`;
  // The SDK does not declare it.
  const parent = opts.parent as { __name?: string } | undefined;
  const shown = parent?.__name === undefined ? name : `${parent.__name}/${name}`;
  if (frees === true) declarations.freeing += 1;
  if (emails === undefined) declarations.late.set(key, shown);
  for (const email of emails ?? []) {
    const all = declarations.byEmail.get(email);
    if (all === undefined) declarations.byEmail.set(email, [{ key, name: shown }]);
    else all.push({ key, name: shown });
  }
  const gathers = pulumi.runtime.isDryRun();
  await new Promise((resolve) => setImmediate(resolve));
  const others: Record<string, string[]> = {};
  for (const email of isTold === "of its own" ? (emails ?? []) : declarations.byEmail.keys()) {
    const names = declarations.othersOf(email, key);
    if (names.length > 0) others[email] = names;
  }
  const beside = isTold === "of every provider" ? [...program].filter((other) => other !== declarations) : [];
  const late = [...declarations.late].flatMap(([other, name]) => (other === key ? [] : [name]));
  for (const other of beside) late.push(...other.late.values());
  const elsewhere = [...new Set(beside.flatMap((other) => [...other.byEmail.keys()]))];
  const declared: Declared = { key, name: shown };
  if (Object.keys(others).length > 0) declared.others = others;
  if (isTold !== "of its own" && late.length > 0) declared.late = late.slice(0, MAX_LATE);
  if (elsewhere.length > 0) declared.elsewhere = elsewhere;
  if (gathers) declared.gathers = true;
  if (frees === true) declared.frees = true;
  if (declarations.freeing > 0) declared.freeing = declarations.freeing;
  if (failure !== undefined) declared.failure = failure;
  const secrets = await findSecrets(inputs);
  if (secrets.length > 0) declared.secrets = secrets;
  return declared;
}

/** True for declared values of an account by which its seat may become free. */
export function mayFreeSeat({ enabled, expires }: Record<string, unknown>): boolean {
  const isActive = enabled === undefined || enabled === null || enabled === true;
  return !isActive || (expires !== undefined && expires !== null);
}
