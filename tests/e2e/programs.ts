import type * as pulumi from "@pulumi/pulumi";
import { WallarooUser, type WallarooUserArgs } from "pulumi-wallaroo";

/** The address of {@link user}, unless its arguments say another. */
export const ann = "ann@example.com";

/**
 * The program of one user, `ann@example.com` unless the arguments say otherwise; it exports the outputs. The resource
 * is called `ann`, unless a name is given.
 */
export function user(args: Partial<WallarooUserArgs> = {}, opts?: pulumi.CustomResourceOptions, name = "ann") {
  return (): Record<string, unknown> => {
    const declared = new WallarooUser(name, { email: ann, ...args }, opts);
    const { id, email, username, enabled, createdAt, adopted, initialPassword } = declared;
    return { id, email, username, enabled, createdAt, adopted, initialPassword };
  };
}
