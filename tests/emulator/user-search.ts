import type { ApiUser } from "../../provider/api/wire";
import { fold } from "./profile";

const FIELDS = ["username", "email", "firstName", "lastName"] as const;

/**
 * The accounts that Keycloak's admin API finds by the query of a request, in its order. An empty filter and an unknown
 * one are ignored, so a misspelled one finds all accounts.
 *
 * `email` and the like match by parts, where `_` stands for any sign and `%` for any text, unless `exact` is true.
 * `search` puts them out of action: it looks at the beginnings of all four fields, or as its own signs say.
 */
export function findUsers(users: ApiUser[], query: URLSearchParams): ApiUser[] {
  const isExact = isTrue(query.get("exact"));
  const search = query.get("search");
  const matches = (user: ApiUser): boolean => {
    for (const flag of ["enabled", "emailVerified"] as const) {
      if (query.has(flag) && (user[flag] ?? false) !== isTrue(query.get(flag))) return false;
    }
    if (search !== null) {
      return search
        .split(/\s+/)
        .filter((term) => term !== "")
        .every((term) => FIELDS.some((field) => isHit(user[field], patternOf(term))));
    }
    return FIELDS.every((field) => {
      const value = query.get(field);
      if (!value) return true;
      return isExact ? fold(user[field] ?? "") === fold(value) : isHit(user[field], `%${value}%`);
    });
  };
  return users.filter(matches).sort((a, b) => (a.username < b.username ? -1 : 1));
}

/** A term of `search`: `"exactly"`, `*any*part*`, or a beginning. */
function patternOf(term: string): string {
  if (/^".*"$/.test(term)) return term.slice(1, -1);
  return `${term.replaceAll("*", "%")}%`;
}

/** SQL's LIKE without regard to case. */
function isHit(value: string | undefined, pattern: string): boolean {
  const source = [...fold(pattern)].map((sign) => {
    if (sign === "%") return ".*";
    return sign === "_" ? "." : sign.replace(/[\\^$.*+?()[\]{}|]/, "\\$&");
  });
  return new RegExp(`^${source.join("")}$`, "su").test(fold(value ?? ""));
}

function isTrue(value: string | null): boolean {
  return value?.toLowerCase() === "true";
}
