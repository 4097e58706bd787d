import { expect } from "chai";
import {
  ERROR_KINDS,
  WallarooError,
  cleanWords,
  cut,
  isUncertain,
  listed,
  saysTaken,
  serverWords,
  type ErrorParts,
} from "../../provider/api/errors";
import { Secrets } from "../../provider/api/redact";

/** So much of a text is looked at, in characters. */
const MOST_READ = 64 * 1024;

const errorOf = (parts: Partial<ErrorParts> = {}) =>
  new WallarooError({ kind: "conflict", operation: "invite", who: "ann@b.c", words: "no", next: "Look.", ...parts });

/** A mask that knows these secrets. */
function hiding(...secrets: string[]): Secrets {
  const mask = new Secrets();
  for (const secret of secrets) mask.hide(secret);
  return mask;
}

describe("the parts of an error", () => {
  it("are its name, its cause, and its doubt whether something was done, which is none unless it is said", () => {
    const cause = new Error("reset");
    expect(errorOf({ cause })).to.include({ name: "WallarooError", cause, maybeDone: false });
    expect(errorOf({ maybeDone: true }).maybeDone).to.equal(true);
    expect(errorOf({ maybeDone: true }).with({ kind: "timeout" })).to.include({ kind: "timeout", maybeDone: true });
  });

  it("make a message with one full stop after the words, and nothing behind the last one", () => {
    expect(errorOf({ words: "taken. . .\n", status: 409 }).message).to.equal(
      "Could not invite ann@b.c: taken (HTTP 409). Look.",
    );
    expect(errorOf({ next: "" }).message).to.equal("Could not invite ann@b.c: no.");
  });

  it("are quoted in another message with the status, if there was an answer", () => {
    expect(errorOf({ words: "taken.", status: 409 }).quoted).to.equal('"taken" (HTTP 409)');
    expect(errorOf({ words: "taken." }).quoted).to.equal('"taken"');
  });
});

describe("whether the platform may have acted", () => {
  it("is open after a timeout, an outage and an unreadable answer, if the request was sent, and after no other kind", () => {
    const open = ERROR_KINDS.filter((kind) => isUncertain(errorOf({ kind })));
    expect(open).to.have.members(["timeout", "unavailable", "unreadable"]);
    expect(ERROR_KINDS.filter((kind) => isUncertain(errorOf({ kind, beforeSending: true })))).to.deep.equal([]);
  });

  it("is open for every kind if an earlier attempt may have been done", () => {
    const open = ERROR_KINDS.filter((kind) => isUncertain(errorOf({ kind, maybeDone: true, beforeSending: true })));
    expect(open).to.deep.equal([...ERROR_KINDS]);
  });

  it("is not asked of an error that is not of this package", () => {
    for (const foreign of [new TypeError("timeout"), { kind: "timeout", maybeDone: true }, "timeout", undefined]) {
      expect(isUncertain(foreign), typeof foreign).to.equal(false);
    }
  });
});

describe("an answer to an invite", () => {
  const says = (parts: Partial<ErrorParts>, email = "ann@b.c") =>
    saysTaken(errorOf({ kind: "rejected", status: 400, ...parts }), email);

  it("says that the address is taken by its kind, or by a word for it", () => {
    expect(says({ kind: "conflict", status: 409 })).to.equal(true);
    for (const words of [
      "User exists with same username",
      "User does already exist",
      "Email TAKEN",
      "a duplicate",
      "conflict",
      "ann@b.c is in use",
    ]) {
      expect(says({ words }), words).to.equal(true);
    }
    for (const words of ["no seat", "nonexistent role", "mistaken", "reinuse", "bad address"]) {
      expect(says({ words }), words).to.equal(false);
    }
  });

  it("does not say so by a word of the address itself", () => {
    expect(says({ words: "taken@b.c is malformed, taken@b.c" }, "taken@b.c")).to.equal(false);
    expect(says({ words: "taken@b.c is taken" }, "taken@b.c")).to.equal(true);
  });

  it("says nothing if there was none", () => {
    expect(saysTaken(errorOf({ kind: "conflict", words: "exists" }), "ann@b.c")).to.equal(false);
  });
});

describe("the words of a server", () => {
  it("are taken from the first field that has any, of those that the platform and Keycloak use", () => {
    for (const key of ["msg", "error_description", "errorMessage", "message", "error"]) {
      expect(serverWords(JSON.stringify({ code: 1, [key]: "User exists" })), key).to.equal("User exists");
    }
    expect(serverWords('{"error":"last","message":"fourth","errorMessage":"third"}')).to.equal("third");
    expect(serverWords('{"error":"last","message":"fourth"}')).to.equal("fourth");
    expect(serverWords('{"msg":" \\n","error":"no"}'), "a blank field").to.equal("no");
    expect(serverWords('{"msg":7,"error":"no"}'), "a field of another type").to.equal("no");
  });

  it("lose markup, what it hides, and control sequences, and keep a space in place of each", () => {
    for (const [text, shown] of [
      ["a<br>b", "a b"],
      ["a<style>p { }</style>b", "a b"],
      ["a<script src='x'>if (1 < 2) alert('>')</script \n>b", "a b"],
      ["a  \n\t b", "a b"],
      ["a\u001b[31mred\u001b[0mb", "a red b"],
      ["a\u001b[mb", "a b"],
      ["a\u001b[38;5;196mred", "a red"],
      ["a\u001b[0 qb", "a b"],
      ["a\u001b[!pb", "a b"],
      ["a\u001b]0;title\u0007b", "a b"],
      ["a\u001b]8;;http://evil.test\u001b\\link", "a link"],
      ["a\u001b]0;without an end", "a"],
      ["a\u001b]\u0007b", "a b"],
      ["a\u001bcb", "a b"],
    ] as const) {
      expect(cleanWords(text), JSON.stringify(text)).to.equal(shown);
    }
  });

  it("are looked for in the first 64 Ki characters alone, with secrets to hide and without", () => {
    const late = `${" ".repeat(MOST_READ)}${"late ".repeat(100)}`;
    const start = `start${late}`;
    for (const mask of [undefined, hiding("s3cret")]) {
      expect(cleanWords(late, mask)).to.equal("");
      expect(cleanWords(start, mask)).to.equal("start");
      expect(cleanWords(`${" ".repeat(MOST_READ - 4)}last`, mask), "exactly as many").to.equal("last");
    }
  });
});

describe("a secret in the words of a server", () => {
  it("is masked once, also if it is the word that masks", () => {
    expect(hiding("secret").clean("no secret here")).to.equal("no [secret] here");
  });

  it("is found behind entities in any case, up to the last character that there is", () => {
    expect(hiding(`pa"ss&w0rd`).clean("bad pa&QUOT;ss&Amp;w0rd!")).to.equal("bad [secret]!");
    expect(hiding("pass\u{10ffff}").clean("bad pass&#x10FFFF;!")).to.equal("bad [secret]!");
    expect(hiding("pass\u{10ffff}").clean("bad pass&#1114111;!")).to.equal("bad [secret]!");
  });

  it("leaves the other words as they came if there is none, entities of no character too", () => {
    const mask = hiding("s3cret");
    for (const words of ["1 &lt; 2 &amp; 3", "a\\/b", "&#1114112; &#x110000; &#9999999; &nbsp;"]) {
      expect(mask.clean(words)).to.equal(words);
    }
  });
});

describe("a text that is too long", () => {
  it("is cut to so many characters, and a character that the cut parts is left out", () => {
    expect(cut("abc", 3)).to.equal("abc");
    expect(cut("abcd", 3)).to.equal("abc…");
    expect(cut("ab😀d", 3)).to.equal("ab…");
    expect(cut("a\ud83dbcd", 3), "what comes in two halves already").to.equal("a\ud83db…");
  });

  it("of names ends with the number of those that are left out", () => {
    expect(listed(["a", "b"], 2)).to.equal("a, b");
    expect(listed(["a", "b", "c"], 2)).to.equal("a, b and 1 more");
    const names = Array.from({ length: 22 }, (_, index) => `n${index}`);
    expect(listed(names)).to.equal(`${names.slice(0, 20).join(", ")} and 2 more`);
  });
});
