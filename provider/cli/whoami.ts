import type { Command } from "commander";
import { isWallarooError } from "../api/errors";
import { withoutUndefined } from "../api/json";
import type { Platform } from "../connect";
import { CURRENT_USER, type UserInfo } from "../lookups";
import { READ_AGE_MS } from "../user/directory";
import { inColumns, printJson, printLines } from "./print";
import { withPlatform, withSettings, type SettingsOptions } from "./settings";

/** The account that the settings sign in as. */
interface Bearer extends Partial<UserInfo> {
  /** Address of the platform. */
  platform: string;
  realm: string;
  /** What the platform shows no more for, in one sentence. */
  note?: string;
}

/** `whoami`: the account that the provider runs as. */
export function addWhoami(program: Command): void {
  const command = program.command("whoami").description("print the account that the provider runs as");
  withSettings(command).action(async (options: SettingsOptions & { json?: true }) => {
    const bearer = await withPlatform(options, findBearer);
    if (options.json === true) printJson(bearer);
    else printLines(describe(bearer));
  });
}

/** Raises what signing in and asking raise, but for an account that may not list accounts or is not in the list. */
async function findBearer(platform: Platform): Promise<Bearer> {
  const { url, realm } = platform.settings;
  const about = { platform: url, realm };
  try {
    const { admin, ...own } = await CURRENT_USER.find(platform, {}, 0);
    const { directory } = platform.context;
    if ((await directory.view(READ_AGE_MS)).showsRoles()) return { ...about, ...own, admin };
    return { ...about, ...own, note: "This release shows no roles, so nothing tells whether it is an administrator." };
  } catch (error) {
    if (!isWallarooError(error, "forbidden", "notFound") || error.beforeSending) throw error;
    const { id, email, username } = await platform.token.caller((caller) => caller.username !== undefined);
    if (id === undefined && username === undefined && email === undefined) throw error;
    const note =
      error.kind === "forbidden"
        ? `The platform does not let it list accounts: ${error.quoted}.`
        : `The platform does not list it: ${error.words}.`;
    return { ...about, ...withoutUndefined({ id, email, username }), note };
  }
}

function describe({ note, ...bearer }: Bearer): string[] {
  const rows = inColumns([
    ["account", bearer.email ?? bearer.username ?? bearer.id],
    ["username", bearer.username],
    ["id", bearer.id],
    ["administrator", yes(bearer.admin)],
    ["roles", bearer.roles?.join(", ")],
    ["active", yes(bearer.enabled)],
    ["created", bearer.createdAt],
    ["last sign-in", bearer.lastLogin],
    ["platform", bearer.platform],
    ["realm", bearer.realm],
  ]);
  return note === undefined ? rows : [...rows, note];
}

function yes(value: boolean | undefined): string | undefined {
  return value === undefined ? undefined : value ? "yes" : "no";
}
