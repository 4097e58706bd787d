import * as pulumi from "@pulumi/pulumi";
import { REFUSED_KEY } from "../provider/dynamic/stored";
import type { Refusal } from "../provider/resource/resource";

/**
 * The engine checks one resource after the other, and ends a preview at the first failed check (read in engine 3.259). So in
 * a preview check does not fail for what create would be refused for: it answers the refusal in an input, which the engine
 * hands back to the program with the registration, and the program fails when all registrations under way have ended.
 */

class Preview {
  /** Resources declared so far. */
  count = 0;
  /** Those of them whose registration has not ended. */
  pending = 0;
  /** By the order of the program. */
  refused: { place: number; refusals: Refusal[] }[] = [];
}

type Gathering = pulumi.Resource & { readonly [REFUSED_KEY]?: { promise(): Promise<unknown> } };

/** By their monitor: the Automation API runs several programs in one process. */
const previews = new WeakMap<object, Preview>();

/** What a resource declares so that check gathers its refusals: nothing but in a preview. */
export function gathering(): Record<string, undefined> {
  return pulumi.runtime.isDryRun() ? { [REFUSED_KEY]: undefined } : {};
}

/** Fails the program, once per batch of resources, when check would refuse to create some of them. */
export function failWhenRefused(resource: pulumi.Resource): void {
  // The SDK makes an output of every property that is declared, and does not declare its promise.
  const output = (resource as Gathering)[REFUSED_KEY];
  if (output === undefined) return;
  const run = pulumi.runtime.getMonitor() ?? previews;
  const preview = previews.get(run) ?? new Preview();
  previews.set(run, preview);
  const place = (preview.count += 1);
  preview.pending += 1;
  const settle = (refused: unknown) => {
    if (Array.isArray(refused)) preview.refused.push({ place, refusals: refused as Refusal[] });
    preview.pending -= 1;
    if (preview.pending > 0 || preview.refused.length === 0) return;
    const refusals = preview.refused.sort((a, b) => a.place - b.place).flatMap((one) => one.refusals);
    preview.refused = [];
    const failure = new pulumi.RunError(describeRefusals(refusals));
    // After the program's own part has run, the SDK prints the stack in place of the message.
    failure.stack = "";
    // As any error of a program that nothing awaits.
    void Promise.reject(failure);
  };
  // A registration that fails ends the preview by itself.
  output.promise().then(settle, () => settle(undefined));
}

/** One line per refusal in their order, and what to do next once for all that have it in common. */
export function describeRefusals(refusals: readonly Refusal[]): string {
  const [first] = refusals;
  if (first !== undefined && refusals.length === 1) return `${first.problem} ${first.next}`;
  const lines = [...new Set(refusals.map(({ next }) => next))].flatMap((next) => [
    ...refusals.filter((one) => one.next === next).map(({ problem }) => `  ${problem}`),
    next,
  ]);
  return [
    `Nothing was sent, because ${refusals.length} resources or members can't be created as declared:`,
    ...lines,
  ].join("\n");
}
