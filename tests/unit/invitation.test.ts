import { expect } from "chai";
import { WallarooError, type ErrorParts } from "../../provider/api/errors";
import type { ApiUser } from "../../provider/api/wire";
import { settleInvite, type Attempt } from "../../provider/user/invite";
import type { Sight } from "../../provider/user/lookout";

const ann = "ann@example.com";
const user: ApiUser = { id: "id-of-ann", username: ann, email: ann, enabled: true, createdTimestamp: 5_000 };
const failed = (parts: Partial<ErrorParts> = {}): Attempt => ({
  error: new WallarooError({
    kind: "unavailable",
    operation: "invite",
    who: ann,
    words: "down",
    next: "Try.",
    ...parts,
  }),
  atMs: 0,
  sinceMs: 5_000,
});
const SHOWN: Sight = { kind: "shown", user };
const ABSENT: Sight = { kind: "absent" };
const UNKNOWN: Sight = { kind: "unknown", failure: new Error("no route") };

/** Settles invites that come to `attempts`, with looks that come to `sights`; another invite is sent while there is one. */
async function settle(attempts: Attempt[], sights: Sight[]) {
  const [first, ...others] = attempts;
  if (first === undefined) throw new Error("no invite");
  const looks: string[] = [];
  const find = (_email: string, until: string) => {
    looks.push(until);
    return Promise.resolve(sights.shift() ?? ABSENT);
  };
  const again = () => Promise.resolve(others.shift() ?? failed());
  const pause = () => Promise.resolve(others.length > 0);
  const ended = await settleInvite(ann, first, again, { lookout: { find }, pause }).catch((error: Error) => error);
  const { kind, doubt, why, message } = ended as { kind?: string; doubt?: string; why?: string; message?: string };
  return {
    kind: ended instanceof Error ? "raised" : kind,
    isOurs: kind === "arrived" ? doubt === undefined : undefined,
    why: why ?? doubt,
    message: message ?? "",
    looks,
    unsent: others.length,
  };
}

describe("an invite that was not answered with success", () => {
  it("is taken for the cause of an active account, and not of a deactivated one, as no invite makes an account so", async () => {
    expect(await settle([failed()], [SHOWN])).to.include({ kind: "arrived", isOurs: true });
    const off: Sight = { kind: "shown", user: { ...user, enabled: false } };
    expect(await settle([failed()], [off])).to.include({ kind: "taken" });
    const other: Sight = { kind: "shown", user: { ...user, email: "other@example.com" } };
    expect(await settle([failed()], [other])).to.include({ kind: "taken" });
  });

  for (const [status, words] of [
    [500, "no explanation"],
    [500, "could not insert row"],
    [503, "try later"],
    [400, "Invalid password"],
    [409, "User exists with same email"],
  ] as const) {
    it(`is no cause of an account where the platform itself says that it failed (${status} "${words}")`, async () => {
      const kind = status >= 500 ? "unavailable" : status === 409 ? "conflict" : "rejected";
      const word = failed({ kind, status, words, isPlatformsWord: true });
      expect(await settle([word], [SHOWN])).to.include({ kind: "taken" });
      const lost = failed({ status: 502 });
      expect(await settle([lost, word], [ABSENT, SHOWN]), "after one that may have arrived").to.include({
        kind: "arrived",
        isOurs: false,
      });
    });
  }

  it("is not the cause of an account when any answer says that the address is taken", async () => {
    const words = `{"error":"User exists with same email"}`;
    expect(await settle([failed({ status: 500, words })], [SHOWN])).to.include({ kind: "taken" });
  });

  it("is asked about once more when the next attempt never left", async () => {
    const unsent = failed({ beforeSending: true });
    expect(await settle([failed(), unsent], [ABSENT, SHOWN])).to.include({ kind: "arrived", isOurs: true });
    expect(await settle([unsent], [SHOWN]))
      .to.include({ kind: "raised" })
      .and.have.deep.property("looks", []);
  });

  it("is followed by another only after a good look", async () => {
    expect(await settle([failed(), failed()], [UNKNOWN])).to.include({ kind: "unseen", unsent: 1 });
    expect(await settle([failed(), failed()], [ABSENT, ABSENT, ABSENT])).to.include({ kind: "raised", unsent: 0 });
  });

  it("is looked for to the end although a first look did not show the account, and says what to do if it shows up later", async () => {
    const captive = failed({ kind: "unreadable", status: 200 });
    const late = await settle([captive], [ABSENT, SHOWN]);
    expect(late).to.include({ kind: "arrived" }).and.have.deep.property("looks", ["answered", "shown"]);
    expect((await settle([captive], [ABSENT, ABSENT])).message).to.match(
      /down.* Try\. No look .* shows the account so far\..*write `adopt: true`/,
    );
    expect(await settle([captive], [ABSENT, UNKNOWN])).to.include({ kind: "unseen" });
  });

  it("has arrived, seen or not, when the platform says of a second one that the address is taken", async () => {
    const taken = failed({
      kind: "conflict",
      status: 409,
      words: "User exists with same email",
      isPlatformsWord: true,
    });
    expect(await settle([failed(), taken], [ABSENT, ABSENT, ABSENT])).to.include({ kind: "unseen" });
    expect(await settle([taken], [ABSENT]), "without a first one").to.include({ kind: "raised" });
  });

  it("says that no look was possible when it was refused for sure", async () => {
    const refused = failed({ kind: "rejected", status: 400, words: "no", isPlatformsWord: true });
    const { kind, message } = await settle([refused], [UNKNOWN]);
    expect(kind).to.equal("raised");
    expect(message).to.match(/no\. Whether the account is there all the same could not be asked: no route/);
  });
});
