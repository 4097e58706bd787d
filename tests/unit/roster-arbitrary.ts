import fc from "fast-check";
import { canonicalEmail, findEmailProblem } from "../../provider/user/email";
import type { RosterMember } from "../../provider/roster/columns";
import { codePoint } from "./code-points";

/** Text with what has a meaning in some format, and without half characters, zero ones and lost ones. */
const text = fc
  .oneof(
    fc.string({ unit: codePoint, minLength: 1 }),
    fc.string({ unit: fc.constantFrom(..."\\;=,\"'\n\r\t #:-+@${}[]&*!|>%`~?", "no", "😀"), minLength: 1 }),
    fc.constantFrom("no", "null", "~", "2026-01-31", "1e3", "0x10", "=1+1", "__proto__", "constructor", "- a", "<<"),
  )
  .filter((value) => !/[\0\ufffd\p{Cs}]/u.test(value));
const email = fc
  .oneof(
    fc.emailAddress(),
    fc.constantFrom("+x@example.com", "'o@example.com", "用户@例子.公司", "-@example.com", "no@x", "1@2"),
  )
  .map(canonicalEmail)
  .filter((value) => findEmailProblem(value) === undefined);
const day = fc.date({ min: new Date("0001-01-01"), max: new Date("9999-12-31"), noInvalidDate: true });
const flag = fc.boolean();

/** A member with any columns, but nothing empty, which CSV can't say. */
export const member = fc.record(
  {
    enabled: flag,
    expires: day.map((date) => date.toISOString().slice(0, 10)),
    adopt: flag,
    onDestroy: fc.constantFrom("deactivate", "retain"),
    firstName: text,
    lastName: text,
    admin: flag,
    roles: fc.array(text, { minLength: 1, maxLength: 3 }),
    requireReset: flag,
    handOver: email,
    onSoleOwner: fc.constantFrom("warn", "refuse"),
    workspaces: fc.dictionary(
      text.filter((name) => name.trim() !== ""),
      fc.constantFrom("OWNER", "COLLABORATOR"),
      { minKeys: 1, maxKeys: 3, noNullPrototype: true },
    ),
  },
  { requiredKeys: [], noNullPrototype: true },
) as fc.Arbitrary<RosterMember>;
/** A roster with members of odd addresses. */
export const members = fc.dictionary(email, member, { minKeys: 1, maxKeys: 5, noNullPrototype: true });
