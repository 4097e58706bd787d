import * as pulumi from "@pulumi/pulumi";

/** What an output is made of, as the SDK has it and does not declare it. */
export interface Parts {
  promise(withUnknowns: boolean): Promise<unknown>;
  isKnown: Promise<boolean>;
  isSecret: Promise<boolean>;
  resources(): Set<pulumi.Resource>;
  allResources?(): Promise<Set<pulumi.Resource>>;
}

export function partsOf(output: unknown): Parts {
  return output as Parts;
}

/** Names of the inputs that are secrets, as a whole or in part. */
export async function findSecrets(inputs: Record<string, unknown>): Promise<string[]> {
  // Text, numbers and booleans as they stand can't be secrets.
  const late = Object.entries(inputs).filter(([, value]) => typeof value === "object" && value !== null);
  const names = await Promise.all(
    late.map(async ([name, value]) => {
      // What is wrong with a value is said by the value itself.
      const { isSecret } = partsOf(pulumi.output(value));
      return (await isSecret.catch(() => true)) ? [name] : [];
    }),
  );
  return names.flat();
}
