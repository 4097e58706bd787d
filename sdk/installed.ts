import { createRequire } from "node:module";
import path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { isMocked } from "./mocks";

let isFound = false;

/**
 * Makes sure that the text in the state will find this package: it is looked up from the folder of the program's `main`,
 * where a package that only some other package depends on is not visible with pnpm. Raises `pulumi.RunError`. Not in a
 * unit test with mocks, which stores no state, and may run in another folder, such as the root of a workspace.
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
