import fs from "node:fs";
import path from "node:path";
import type { Platform } from "../emulator/platform";
import type { Engine } from "./ensure";

const ROOT = path.resolve(__dirname, "../..");

/** Where {@link engineEnvironment} lets a `pulumi` keep states, below the folder that it was given. */
export const BACKEND = ".pulumi";

/**
 * What a `pulumi` on a throw-away folder has in its environment beside that of this process: the engine first on PATH,
 * home and file backend in the folder, and no question to ask. The folder has to exist.
 */
export function engineEnvironment({ directory }: Pick<Engine, "directory">, folder: string): Record<string, string> {
  return {
    PATH: `${directory}${path.delimiter}${process.env["PATH"] ?? ""}`,
    PULUMI_HOME: path.join(folder, "home"),
    PULUMI_BACKEND_URL: `file://${folder}`,
    PULUMI_CONFIG_PASSPHRASE: "the passphrase of the tests",
    PULUMI_SKIP_UPDATE_CHECK: "1",
  };
}

/** The provider's settings in the environment: this platform, as this account. */
export function platformEnvironment(
  { url }: Pick<Platform, "url">,
  { email, password }: { email: string; password: string },
): Record<string, string> {
  return { WALLAROO_URL: url, WALLAROO_USER: email, WALLAROO_PASSWORD: password };
}

/** Puts a checkout, by default this one, and its Pulumi into the `node_modules` of a folder, as an installation would. */
export function linkCheckout(folder: string, checkout = ROOT): void {
  fs.mkdirSync(path.join(folder, "node_modules"));
  fs.symlinkSync(checkout, path.join(folder, "node_modules/pulumi-wallaroo"));
  fs.symlinkSync(path.join(checkout, "node_modules/@pulumi"), path.join(folder, "node_modules/@pulumi"));
}
