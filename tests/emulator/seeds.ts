import { randomUUID } from "node:crypto";
import type { ApiUser } from "../../provider/api/wire";
import guide from "./guide-exchanges.json";
import type { Account, MemoryBackend } from "./memory";

/** People of the public guides, by the year of the guide. */
export type Seed = "guide-2022" | "guide-2024";

/** The one account besides `admin` of every emulated platform; a realm admin. */
export const OPERATOR = { email: "operator@example.com", password: "Operate-1" };
export const BUILT_IN = { username: "admin", password: "admin" };

/** Puts the built-in `admin`, the operator (unless told not to) and the accounts of a guide into an empty store. */
export function plant(backend: MemoryBackend, seed: Seed | undefined, hasOperator: boolean): void {
  for (const account of seed === undefined ? [] : guidePeople(seed)) backend.put(account);
  if (backend.findAccount(BUILT_IN.username) === undefined) {
    backend.put(account({ username: BUILT_IN.username }, BUILT_IN.password, ["admin"]));
  }
  if (hasOperator) {
    backend.put(
      account({ username: OPERATOR.email, email: OPERATOR.email, emailVerified: true }, OPERATOR.password, ["admin"]),
    );
  }
}

function guidePeople(seed: Seed): Account[] {
  const exchanges = seed === "guide-2022" ? guide["2022"] : guide["2024"];
  const { users } = exchanges[0]?.answer as unknown as { users: Record<string, ApiUser> };
  return Object.values(users).map((printed) => {
    const { realmRoles, lastLogin, federatedIdentities, ...user } = structuredClone(printed);
    const password = user.username === BUILT_IN.username ? BUILT_IN.password : randomUUID();
    // The guide of 2022 shows no roles; its admin is one all the same.
    const roles = realmRoles ?? (user.username === BUILT_IN.username ? ["admin"] : []);
    return { user, password, roles, lastLogin: lastLogin ?? null };
  });
}

/** An account as Keycloak makes it, with everything that is not in `fields` at its default. */
export function account(fields: Partial<ApiUser> & { username: string }, password: string, roles: string[]): Account {
  return {
    user: {
      access: { impersonate: true, manage: true, manageGroupMembership: true, mapRoles: true, view: true },
      createdTimestamp: Date.now(),
      disableableCredentialTypes: [],
      emailVerified: false,
      enabled: true,
      id: randomUUID(),
      notBefore: 0,
      requiredActions: [],
      ...fields,
    },
    password,
    roles,
    lastLogin: null,
  };
}
