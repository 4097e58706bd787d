/**
 * The canonical form of an address. Keycloak lower-cases addresses, but takes the NFC and the NFD spelling of a letter
 * for two (measured on 26.4): an account is found by the canonical form, and written to by its own spelling. Composed
 * last, as some letters are composed in lower case alone (`ǰ`).
 */
export function canonicalEmail(email: string): string {
  return email.trim().toLowerCase().normalize("NFC");
}

/** The canonical address of an account: its email, else its username. */
export function addressOf({ email, username }: { email?: string; username: string }): string {
  return canonicalEmail(email ?? username);
}

/** Longest address that can be delivered to (RFC 5321, 4.5.3.1.3), in characters. */
const MAX_LENGTH = 254;
/** Longest part before the `@` that Keycloak accepts by default, in characters. */
const MAX_LOCAL_LENGTH = 64;

/**
 * What is wrong with a canonical address, or undefined. Refuses what can't be an address at all, not what the platform
 * has rules of its own for. Plus signs, apostrophes, dots and non-ASCII letters are fine.
 */
export function findEmailProblem(email: string): string | undefined {
  if (email === "") return "must not be empty";
  if (email.length > MAX_LENGTH) return `must not be longer than ${MAX_LENGTH} characters`;
  // Control and format characters (zero-width ones among them) would make two addresses look like one.
  if (/[\s\p{Cc}\p{Cf}\p{Cs}\p{Z}]/u.test(email)) return "must not hold spaces or control characters";
  const [local = "", domain = "", ...more] = email.split("@");
  if (more.length > 0 || local === "" || domain === "") return "must be of the form name@example.com";
  if (local.length > MAX_LOCAL_LENGTH) return `must not have more than ${MAX_LOCAL_LENGTH} characters before the @`;
  if (/^\.|\.\.|\.$/.test(local)) return "must not have a dot at either end of the part before the @, or two in a row";
  if (/["(),:;<>[\\\]]/.test(local)) return "must not hold quotes, brackets, commas, colons or backslashes";
  const labels = domain.split(".");
  if (!labels.every((label) => /^[\p{L}\p{N}](?:[\p{L}\p{N}\p{M}-]{0,61}[\p{L}\p{N}\p{M}])?$/u.test(label))) {
    return "must have a host name after the @";
  }
  return undefined;
}
