import type { Caller } from "../api/caller";
import { isWallarooError } from "../api/errors";
import { isRecord, parseObject } from "../api/json";
import { adminUrlOf } from "../connect";
import { READ_AGE_MS } from "../user/directory";
import { IDENTIFY, findOwn, isFound } from "../user/identity";
import { inSentence, isAdmin, namesOf } from "../user/properties";
import { describeIdle, seatsOf } from "../user/seats";
import type { Look } from "./looks";

/** Whether all accounts may be listed, which every step of the provider begins with. */
export const USERS: Look = {
  id: "users",
  needs: ["address", "sign-in"],
  async look(looks) {
    looks.view = await looks.platform.context.directory.view(READ_AGE_MS);
    const count = [...looks.view.accounts()].length;
    return { status: "ok", message: `the platform lists ${count} accounts` };
  },
};

/** Who the provider runs as, and whether that is an administrator. */
export const ACCOUNT: Look = {
  id: "account",
  needs: ["sign-in"],
  async look({ platform, view }) {
    const isEnough = (found: Caller) => view === undefined || isFound(found, view);
    const caller = await platform.context.caller(isEnough);
    const name = caller.email ?? caller.username ?? caller.id;
    if (name !== undefined && (view === undefined || caller.isPerson === false)) {
      const kind = caller.isPerson === false ? ", a service account, which the platform does not list" : "";
      return { status: "ok", message: `${name}${kind}` };
    }
    const own = view === undefined ? undefined : findOwn(caller, view)[0];
    if (view === undefined || own === undefined) {
      const message = "nothing tells which of the accounts this is, so no administrator would be cut off";
      return { status: "note", message, next: `To have it recognised, ${IDENTIFY}.` };
    }
    if (isAdmin(own)) return { status: "ok", message: `${name}, an administrator` };
    if (!view.showsRoles()) return { status: "ok", message: `${name}; this release shows no roles` };
    const next = "Run as an account with the realm role admin if the platform refuses to change accounts.";
    return { status: "note", message: `${name}, without the realm role admin`, next };
  },
};

/** Which of the user endpoints this release has, as far as its answers show. */
export const RELEASE: Look = {
  id: "release",
  needs: ["users"],
  look({ platform, view }) {
    const managed = inSentence([...namesOf("profile"), "roles"]);
    if (view?.showsRoles() === true) {
      return { status: "ok", message: `it shows roles and sign-ins, as since 2024.1: ${managed} can be managed` };
    }
    const next = "Name the administrators in wallaroo:protectedEmails: nothing else tells the provider who they are.";
    return {
      status: "note",
      message: `it shows no roles, as before 2024.1: ${managed} can't be managed`,
      ...(platform.settings.protectedEmails.size > 0 ? {} : { next }),
    };
  },
};

/** What can be known about invites without sending one: the edition's name, if the platform tells it. */
export const INVITES: Look = {
  id: "invites",
  needs: ["address", "sign-in"],
  async look(looks) {
    const { url } = looks.platform.settings;
    const request = { token: await looks.platform.token.get(), body: "{}" };
    const about = { operation: "look up", who: "the edition" };
    const { status, body } = await looks.ask("POST", `${url}/v1/api/features/list`, about, request);
    const name = status === 200 ? parseObject(body)["name"] : undefined;
    const edition = typeof name === "string" && name !== "" ? `the platform calls itself "${name}"; ` : "";
    return {
      status: "note",
      message: `${edition}no read tells whether it allows invites, which guides of 2025.2 and later name for Community alone`,
      next: "If an invite is refused, make the account in the platform's dashboard and declare it with `adopt: true`.",
    };
  },
};

/** Whether the sessions of deactivated accounts can be ended: by a right that Keycloak shows beside the own account. */
export const SESSIONS: Look = {
  id: "sessions",
  needs: ["sign-in"],
  async look(looks) {
    const { settings, token, context } = looks.platform;
    if (settings.endSessions === "off") {
      return { status: "ok", message: "left as they are, as wallaroo:endSessions (WALLAROO_END_SESSIONS) is off" };
    }
    const { id = "" } = await context.caller();
    const who = "Keycloak's admin API";
    const request = { token: await token.get() };
    const url = `${adminUrlOf(settings)}/users/${encodeURIComponent(id)}`;
    const answer = await looks.ask("GET", url, { operation: "look up", who }, request);
    const { access } = parseObject(answer.body);
    const mayManage = answer.status === 200 && !(isRecord(access) && access["manage"] === false);
    if (mayManage) return { status: "ok", message: "the account may end those of deactivated accounts" };
    const words =
      answer.status === 200
        ? "the account may look at accounts, and not manage them"
        : `${looks.platform.secrets.serverWords(answer.body)} (HTTP ${answer.status})`;
    const message = `${who} does not let the account end those of deactivated accounts: ${words}`;
    const next =
      "Give the account that the provider runs as the right to manage users in Keycloak, or set wallaroo:endSessions (WALLAROO_END_SESSIONS) to off.";
    return { status: settings.endSessions === "required" ? "refused" : "note", message, next };
  },
};

/** Seats of the licence, as far as a setting says how many there are. */
export const SEATS: Look = {
  id: "seats",
  needs: ["users"],
  look({ platform: { settings }, view }) {
    if (view === undefined) throw new Error("no view");
    const { active, inactive, limit } = seatsOf(view, settings.seatLimit);
    const takes = active === 1 ? "account takes" : "accounts take";
    const counted = `${active} active ${takes} a seat, deactivated accounts (${inactive}) do not`;
    if (limit === undefined) return { status: "ok", message: `${counted}; wallaroo:seatLimit is not set` };
    const message = `${counted}; wallaroo:seatLimit is ${limit}`;
    if (active < limit) return { status: "ok", message };
    const next = `One more active account would be refused. ${describeIdle(view)}`;
    return { status: "note", message, next };
  },
};

/** Whether this release has workspace endpoints, for memberships. Never `validate`, which migrates. */
export const WORKSPACES: Look = {
  id: "workspaces",
  needs: ["address", "sign-in"],
  async look({ platform }) {
    try {
      const { length } = (await platform.context.workspaceDirectory.workspaces(READ_AGE_MS)).all();
      return { status: "ok", message: `the account sees ${length} workspaces` };
    } catch (error) {
      if (!isWallarooError(error, "forbidden", "notFound")) throw error;
      const message = `memberships of workspaces can't be managed: ${error.quoted}`;
      return { status: "note", message, next: error.next };
    }
  },
};
