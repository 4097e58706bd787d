/** Keycloak's rules for what an account may say of its owner, measured on 26.4. */

/** Longest value of a field, in UTF-16 units. */
const MAX_LENGTH = 255;

/** A field that breaks a rule, as Keycloak's admin API reports it. */
export interface FieldError {
  field: string;
  errorMessage: string;
  params: (string | number | null)[];
}

/**
 * Keycloak's idea of a well-formed address: one @, a local part of at most 64 characters (letters of any script, the
 * usual signs of RFC 5322 atoms, or a quoted string), and a host name or an IPv4 address in brackets.
 */
function isWellFormed(email: string): boolean {
  const at = email.lastIndexOf("@");
  const local = email.slice(0, at);
  const domain = email.slice(at + 1);
  if (at < 1 || local.length > 64 || domain.length > MAX_LENGTH) return false;
  const atom = /^[\p{L}\p{N}\p{M}!#$%&'*+/=?^_`{|}~-]+$/u;
  const label = /^(?=.{1,63}$)[\p{L}\p{N}](?:[\p{L}\p{N}\p{M}-]*[\p{L}\p{N}\p{M}])?$/u;
  const isQuoted = /^"[^"\\]*"$/.test(local);
  const isLiteral = /^\[\d{1,3}(\.\d{1,3}){3}\]$/.test(domain);
  return (
    (isQuoted || local.split(".").every((part) => atom.test(part))) &&
    (isLiteral || domain.split(".").every((part) => label.test(part)))
  );
}

/** As Keycloak stores and compares email and username. */
export function fold(email: string): string {
  return email.toLowerCase();
}

/** What Keycloak refuses in these fields; nothing for those that are absent or blank. */
export function fieldErrors(fields: { email?: unknown; firstName?: unknown; lastName?: unknown }): FieldError[] {
  const errors: FieldError[] = [];
  for (const field of ["email", "firstName", "lastName"] as const) {
    const value = fields[field];
    if (typeof value !== "string" || value === "") continue;
    if (value.length > MAX_LENGTH) {
      errors.push({ field, errorMessage: "error-invalid-length-too-long", params: [field, null, MAX_LENGTH] });
    }
    if (field === "email" && !isWellFormed(value)) {
      errors.push({ field, errorMessage: "error-invalid-email", params: [field, value] });
    }
    // eslint-disable-next-line no-control-regex -- these are what Keycloak refuses
    if (field !== "email" && /[\u0000-\u001f\u007f\u0085\u2028!"#$%&()*/;<=>?[\\\]^{|}~]/.test(value)) {
      errors.push({ field, errorMessage: "error-person-name-invalid-character", params: [field] });
    }
  }
  return errors;
}
