/**
 * Keycloak's idea of a well-formed address (measured on 26.4): one @, a local part of at most 64 characters, letters of
 * any script, the usual signs of RFC 5322 atoms, and a host name.
 */
export function isWellFormed(email: string): boolean {
  const at = email.lastIndexOf("@");
  const local = email.slice(0, at);
  const domain = email.slice(at + 1);
  if (at < 1 || local.length > 64 || domain.length > 255) return false;
  const atom = /^[\p{L}\p{N}\p{M}!#$%&'*+/=?^_`{|}~-]+$/u;
  const label = /^[\p{L}\p{N}](?:[\p{L}\p{N}\p{M}-]*[\p{L}\p{N}\p{M}])?$/u;
  return local.split(".").every((part) => atom.test(part)) && domain.split(".").every((part) => label.test(part));
}

/** As Keycloak stores and compares email and username. */
export function fold(email: string): string {
  return email.toLowerCase();
}
