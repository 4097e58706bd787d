import * as pulumi from "@pulumi/pulumi";
import { NAMESPACE } from "../provider/settings-table";
import { describeUnknownInputs, describeUnknownSettings } from "../provider/unknown-settings";

/** Monitors of the runs that were told: the Automation API runs several programs in one process. */
const told = new WeakSet<object>();

/** Warns once per run of each `wallaroo:` key that is not a setting: a project `wallaroo` may have keys of its own. */
export function warnOfUnknownSettings(): void {
  const run = pulumi.runtime.getMonitor() ?? told;
  if (told.has(run)) return;
  told.add(run);
  const keys = Object.keys(pulumi.runtime.allConfig()).flatMap((name) => {
    const [namespace, key = ""] = name.split(":");
    return namespace === NAMESPACE ? [key] : [];
  });
  for (const words of describeUnknownSettings(keys, pulumi.getProject())) void pulumi.log.warn(words);
}

/** As {@link warnOfUnknownSettings}, for the inputs of an explicit provider. */
export function warnOfUnknownInputs(provider: pulumi.Resource, inputs: object): void {
  for (const words of describeUnknownInputs(Object.keys(inputs))) void pulumi.log.warn(words, provider);
}
