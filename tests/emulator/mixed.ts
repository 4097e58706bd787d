import type { Platform } from "../emulator/platform";

/** What stands before the @ of addresses that some language or format takes for something else. */
const ODD = [
  ...[
    "o'brien",
    "a$b",
    "a$$b",
    "a${ann.id}",
    "{{x}}",
    "no",
    "null",
    "true",
    "1e3",
    "0x10",
    "~",
    "-",
    "+x",
    "=1+1",
    "%5",
    "#h",
  ],
  ...[
    "class",
    "import",
    "new",
    "constructor",
    "__proto__",
    "pulumi",
    "existing",
    "wallaroo",
    "adopt",
    "a`b",
    "a/b",
    "a*b",
    "&a",
    "!a",
  ],
  ...["jürgen", "用户", "😀", "a|b", "a?b", "^a", "2026-01-31", "x=y"],
];

/**
 * Puts accounts in: active, deactivated, administrators, federated and with odd addresses and names, in turn, and those that
 * no export declares. Answers the addresses of the others.
 */
export async function addMixed(platform: Platform, count: number): Promise<string[]> {
  const emails = Array.from({ length: count }, (_, index) => {
    const odd = index % 5 === 4 ? ODD[Math.floor(index / 5) % ODD.length] : undefined;
    return odd === undefined ? `person${index}@example.com` : `${odd}@d${index}.example.com`;
  });
  for (const [index, email] of emails.entries()) {
    const federatedIdentities = [{ identityProvider: "corporate", userId: String(index), userName: email }];
    await platform.addUser({
      email,
      enabled: index % 5 !== 1,
      admin: index % 5 === 2,
      firstName: NAMES[index % NAMES.length] ?? "",
      ...(index % 5 === 3 ? { federatedIdentities } : {}),
    });
  }
  await platform.addUser({ email: "", username: "service-account-billing" });
  await platform.addUser({ email: "", username: "kiosk" });
  await platform.addUser({ email: "two words@example.com", username: "bad-address\n// x" });
  await platform.addUser({ email: "twin@example.com", username: "twin-1" });
  await platform.addUser({ email: "TWIN@example.com", username: "twin-2" });
  return emails;
}

/** Workspaces with odd names and some of these accounts in them, and what no export declares: 16 memberships in all. */
export async function addMixedWorkspaces(platform: Platform, emails: readonly string[]): Promise<void> {
  const [first = "", second = "", ...others] = emails;
  for (const [index, name] of WORKSPACES.entries()) {
    await platform.addWorkspace(name, { owners: [first], collaborators: [second, ...others.slice(index, index + 2)] });
  }
  await platform.addWorkspace("archived", { owners: [first], archived: true });
  await platform.addDefaultWorkspace(second);
}

const WORKSPACES = ["forecasts", 'a$b ${x} "q"', "sales=emea;x", "no"];
const NAMES = [
  "Ann",
  "",
  "O'Neill",
  'The "Boss"',
  "back\\slash",
  "${pulumi.stack}",
  "Zoë 😀",
  "no",
  "<b>",
  "$$",
  "*/ // #",
];
