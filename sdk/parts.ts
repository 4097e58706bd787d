import type * as pulumi from "@pulumi/pulumi";

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
