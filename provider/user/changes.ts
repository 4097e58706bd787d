import { canonicalEmail } from "./email";
import type { UserInputs, UserState } from "./model";

/** What `up` would do to one person. */
export interface UserChanges {
  /** Inputs whose change is an update. */
  updates: string[];
  /** Inputs whose change needs another account. */
  replaces: string[];
}

const COMPARED = ["enabled", "firstName", "lastName", "admin"] as const;

/**
 * Compares what is stored with what is declared. An input that is not declared is not managed: one that was
 * managed so far is an update that sends nothing, after which destroy does not put it back. The ones that only matter at
 * create (`password`, `adopt`, `roles`, `requireReset`) make no change. Unknown values count
 * as changed: an unknown email is announced as a replacement, so that `up` never does more than preview said.
 */
export function findChanges(
  olds: Partial<UserState>,
  news: Partial<Record<keyof UserInputs, unknown>>,
  isUnknown: (value: unknown) => boolean,
): UserChanges {
  const updates: string[] = [];
  const replaces: string[] = [];
  if (isUnknown(news.email) || (typeof news.email === "string" && !isSameEmail(olds.email, news.email))) {
    replaces.push("email");
  }
  for (const name of COMPARED) {
    const value = news[name];
    const isChanged =
      value === undefined ? name !== "enabled" && olds[name] !== undefined : isUnknown(value) || value !== olds[name];
    if (isChanged) updates.push(name);
  }
  // Undefined is a value of its own here: it stands for the default.
  if (isUnknown(news.onDestroy) || news.onDestroy !== olds.onDestroy) updates.push("onDestroy");
  return { updates, replaces };
}

function isSameEmail(stored: string | undefined, declared: string): boolean {
  return stored !== undefined && canonicalEmail(stored) === canonicalEmail(declared);
}
