import { CLIENT_SECRET, CONFIDENTIAL_CLIENT, PUBLIC_CLIENT } from "../sessions";
import type { AdminClient } from "./admin-client";
import type { Roles } from "./roles";

/** The settings of a realm that can be changed at any time. */
export interface Lifetimes {
  /** Life of an access token in seconds. */
  tokenLifetime: number;
  /** The same per client, by its name. */
  clientTokenLifetimes?: Record<string, number>;
  /** Seconds between two questions of a device that waits for its user; default 5. */
  deviceInterval?: number;
}

export interface RealmOptions extends Lifetimes {
  /** A password takes microseconds to hash, in place of 0.1 s of CPU: for measurements and tests, not for secrets. */
  hasCheapHash?: boolean;
  /** Tokens are signed by a hash, in place of 10 ms of CPU for RSA, and are not what a client could check by a public key. */
  hasCheapSignature?: boolean;
}

/** Of Keycloak's password policies the one that hashes fastest. */
export const CHEAP_HASH = "hashAlgorithm(pbkdf2-sha256) and hashIterations(1)";

/** Makes of the realm `master` one as a Wallaroo installation has it: its account profile, clients and token lives. */
export async function prepareRealm(admin: AdminClient, roles: Roles, options: RealmOptions): Promise<void> {
  const { hasCheapHash, hasCheapSignature } = options;
  await admin.ask("PUT", "", {
    ...(hasCheapHash === true ? { passwordPolicy: CHEAP_HASH } : {}),
    ...(hasCheapSignature === true ? { defaultSignatureAlgorithm: "HS512" } : {}),
  });
  await relaxProfile(admin);
  await addClients(admin, roles);
  await setLifetimes(admin, options);
}

/** Sets the lives of tokens and the interval of devices. */
export async function setLifetimes(admin: AdminClient, options: Lifetimes): Promise<void> {
  const { tokenLifetime, clientTokenLifetimes = {}, deviceInterval = 5 } = options;
  await admin.ask("PUT", "", { accessTokenLifespan: tokenLifetime, oauth2DevicePollingInterval: deviceInterval });
  for (const client of [PUBLIC_CLIENT, CONFIDENTIAL_CLIENT]) {
    await setClientAttribute(admin, client, "access.token.lifespan", String(clientTokenLifetimes[client] ?? ""));
  }
}

/** Sets an attribute of a client. An empty value puts it back to its default. */
export async function setClientAttribute(
  admin: AdminClient,
  clientId: string,
  name: string,
  value: string,
): Promise<void> {
  const path = `/clients?clientId=${clientId}`;
  const [client] = await admin.ask<{ id: string; attributes?: Record<string, string> }[]>("GET", path);
  // A write makes Keycloak read the client anew for what is asked next.
  if ((client?.attributes?.[name] ?? "") === value) return;
  await admin.ask("PUT", `/clients/${client?.id}`, { attributes: { [name]: value } });
}

/** Keycloak asks every account for both names at first login unless told not to; the accounts of the guides have none. */
async function relaxProfile(admin: AdminClient): Promise<void> {
  const profile = await admin.ask<{ attributes: Record<string, unknown>[] }>("GET", "/users/profile");
  for (const attribute of profile.attributes) {
    if (attribute["name"] === "firstName" || attribute["name"] === "lastName") delete attribute["required"];
    // The default profile refuses o'brien@ and every other sign in a username but . _ - @ +; a platform whose
    // usernames are addresses can't keep that.
    if (attribute["name"] === "username") attribute["validations"] = {};
  }
  await admin.ask("PUT", "/users/profile", profile);
}

async function addClients(admin: AdminClient, roles: Roles): Promise<void> {
  const clients = await admin.ask<{ clientId: string; id: string }[]>("GET", "/clients");
  if (clients.some((client) => client.clientId === PUBLIC_CLIENT)) return;
  await admin.ask("POST", "/clients", {
    clientId: PUBLIC_CLIENT,
    publicClient: true,
    directAccessGrantsEnabled: true,
    attributes: { "oauth2.device.authorization.grant.enabled": "true" },
  });
  await admin.ask("POST", "/clients", {
    clientId: CONFIDENTIAL_CLIENT,
    secret: CLIENT_SECRET,
    directAccessGrantsEnabled: true,
    serviceAccountsEnabled: true,
  });
  const [client] = await admin.ask<{ id: string }[]>("GET", `/clients?clientId=${CONFIDENTIAL_CLIENT}`);
  const account = await admin.ask<{ id: string }>("GET", `/clients/${client?.id}/service-account-user`);
  await roles.setAdmin(account.id, true);
}
