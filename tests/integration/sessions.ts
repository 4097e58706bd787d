import { expect } from "chai";
import type { KnownUser } from "../../provider/user/model";
import { halfDoneOf } from "../failures";
import { grant } from "./callers";
import { declared, type onPlatform } from "./platform";

export const ann = "ann@example.com";
export const password = "Pw-of-ann";

/** How `step` ended, which was done in part; fails when it ended otherwise. */
export async function halfDone(step: Promise<unknown>) {
  return halfDoneOf(await step.catch((error: unknown) => error));
}

type OnPlatform = ReturnType<typeof onPlatform>;

/** An account with sessions on the platform of a suite, and what becomes of them. */
export function onSessions({ platform, start }: Pick<OnPlatform, "platform" | "start">) {
  /** Signs an account in and keeps an offline session with each client. */
  async function open(email = ann, clients: Record<string, string>[] = [{}]): Promise<void> {
    for (const client of clients) {
      const fields = { grant_type: "password", username: email, password, scope: "offline_access", ...client };
      expect((await grant(platform(), fields)).status).to.equal(200);
    }
  }
  /** Keycloak's own word of an account: its clients with offline sessions, and its online sessions. */
  async function left(id: string): Promise<unknown[]> {
    const { body } = await grant(platform(), { grant_type: "password", username: "admin", password: "admin" });
    const headers = { authorization: `Bearer ${String(body["access_token"])}` };
    const base = `${platform().url}/auth/admin/realms/master/users/${id}`;
    const ask = async (what: string) => (await (await fetch(`${base}/${what}`, { headers })).json()) as unknown[];
    return [...(await ask("consents")), ...(await ask("sessions"))];
  }
  return {
    open,
    left,
    /** Ann as a stack knows her, with offline sessions from when she was active. */
    withAnn: async (isActive: boolean, clients?: Record<string, string>[]): Promise<KnownUser> => {
      const { lifecycle } = await start();
      const { id, state } = await lifecycle.create(declared(ann, { password }));
      await open(ann, clients);
      if (!isActive) await platform().setEnabled(ann, false);
      platform().clearLog();
      return { id, state: { ...state, enabled: isActive } };
    },
    /** The requests to Keycloak's admin API, such as `POST logout`, in the order in which they came. */
    sent: () =>
      platform()
        .log.filter(({ path }) => path.startsWith("/auth/admin/"))
        .map(({ method, path }) => `${method} ${path.split("/").slice(7).join("/")}`),
    isEnabled: async (email = ann) => (await platform().findByEmail(email))?.enabled,
  };
}
