import { createRequire } from "node:module";
import path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { isMocked } from "./mocks";

let isFound = false;

/**
 * Raises `pulumi.RunError` unless the text in the state will find this package from the folder of the program's `main`,
 * from which pnpm shows direct dependencies alone. Not in a unit test with mocks, which may run in another folder.
 */
export function requireOwnPackage(): void {
  if (isFound || isMocked()) return;
  try {
    createRequire(path.join(process.cwd(), "_")).resolve("pulumi-wallaroo/provider");
    isFound = true;
  } catch {
    throw new pulumi.RunError(
      `pulumi-wallaroo can't be loaded from ${process.cwd()}, so the engine could not run it from there either. ` +
        'Add "pulumi-wallaroo" to the dependencies of your own package.json and install again ' +
        "(with Yarn Plug'n'Play, also set NODE_OPTIONS=\"--require ./.pnp.cjs\").",
    );
  }
}
