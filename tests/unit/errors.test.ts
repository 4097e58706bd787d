import { expect } from "chai";
import fc from "fast-check";
import { MAX_QUOTED, WallarooError, cleanWords, isErrorBody, messageOf, serverWords } from "../../provider/api/errors";
import { Secrets } from "../../provider/api/redact";
import { codePoint } from "./code-points";

describe("an error", () => {
  it("says what was being done, for which account, what came back and what to do next", () => {
    const parts = {
      operation: "invite",
      who: "ann@example.com",
      words: "the address is taken.",
      next: "Run it again.",
    };
    expect(new WallarooError({ kind: "conflict", status: 409, ...parts }).message).to.equal(
      "Could not invite ann@example.com: the address is taken (HTTP 409). Run it again.",
    );
  });

  it("is the platform's own word only in the shape of its API", () => {
    for (const body of ['{"msg":"no","code":500}', '{"msg":"","code":0,"trace":"x"}']) {
      expect(isErrorBody(body), body).to.equal(true);
    }
    const foreign = [
      '{"msg":"no"}',
      '{"code":500}',
      '{"msg":"no","code":"500"}',
      '{"msg":1,"code":1}',
      '{"error":"no"}',
    ];
    for (const body of [...foreign, "", "null", "[]", '"msg"', "<html>msg code</html>", '{"msg":"no","code":5.5}']) {
      expect(isErrorBody(body), body).to.equal(false);
    }
  });

  it("quotes the server's own words, wherever it puts them", () => {
    expect(serverWords('{"msg":"no seat","code":403}')).to.equal("no seat");
    expect(serverWords('{"error":"invalid_grant","error_description":"Account disabled"}')).to.equal(
      "Account disabled",
    );
    expect(serverWords("<html><style>p{}</style><h1>502 Bad Gateway</h1></html>")).to.equal("502 Bad Gateway");
    expect(serverWords("")).to.equal("no explanation");
  });

  it("is one clean line of bounded length, whatever a server sends", () => {
    fc.assert(
      fc.property(fc.string({ unit: codePoint, maxLength: 4000 }), (text) => {
        const words = cleanWords(`${text}\u001b[31mred\u001b]0;title\u0007${text}`);
        expect(words).to.not.match(/[\p{Cc}\p{Cs}]/u);
        expect(words.length).to.be.at.most(MAX_QUOTED + 1);
        const parts = { kind: "refused", operation: "delete", next: "Look." } as const;
        const { message } = new WallarooError({ ...parts, who: text, words: text });
        expect(message).to.match(/^[^\p{Cc}\p{Cf}\p{Cs}]*$/u);
      }),
    );
  });

  it("never ends in half a character, which would leave the engine without an answer", () => {
    for (const length of [200, MAX_QUOTED, 4 * MAX_QUOTED]) {
      const text = `${"x".repeat(length - 1)}😀 and more`;
      const error = new WallarooError({
        kind: "rejected",
        operation: "invite",
        who: "ann",
        words: text,
        next: "Look.",
      });
      for (const cut of [cleanWords(text), new Secrets().excerpt(text), error.message, messageOf(new Error(text))]) {
        expect(() => encodeURI(cut), `${length}`).to.not.throw();
      }
    }
  });

  it("keeps its next step when another message quotes it", () => {
    const words = cleanWords("x".repeat(5_000));
    const error = new WallarooError({ kind: "rejected", operation: "deactivate", who: "ann", words, next: "Do this." });
    expect(messageOf(error)).to.match(/ Do this\.$/);
  });

  it("never repeats a secret that a server sends back, as it is or as a serialiser writes it", () => {
    const secrets = new Secrets();
    const secret = `S3c"r&t\\<ö>'42 `;
    secrets.hide(secret);
    const json = JSON.stringify(secret);
    const spelt = {
      plain: secret,
      json,
      "JSON in JSON": JSON.stringify(json),
      "JSON in ASCII": json.replace("ö", "\\u00f6"),
      "JSON that is safe in HTML": json.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e"),
      url: encodeURIComponent(secret),
      form: new URLSearchParams({ secret }).toString(),
      base64: Buffer.from(secret).toString("base64"),
      "base64 of URLs": Buffer.from(secret).toString("base64url"),
      html: "S3c&quot;r&amp;t\\&lt;ö&gt;&#39;42 ",
      "HTML in numbers": "S3c&#34;r&#38;t\\&#60;&#XF6;&#62;&#X27;42&#32;",
    };
    for (const [how, text] of Object.entries(spelt)) {
      expect(secrets.serverWords(`bad ${text}!`), how)
        .to.match(/^bad .*\[secret\].*!$/)
        .and.not.match(/S3c|UzNj/);
    }
    for (const one of ["abcd", "abcdefgh", "efghijkl"]) secrets.hide(one);
    expect(secrets.clean("x abcdefgh y abcdefghijkl z"), "one in another, and one after another").to.equal(
      "x [secret] y [secret] z",
    );
    secrets.hide("with/slash");
    expect(secrets.clean('{"a":"with\\/slash"}'), "JSON with slashes escaped").to.not.include("slash");
    const cutInTwo = `${" ".repeat(64 * 1024 - 5)}with/slash`;
    expect(secrets.clean(cutInTwo), "at the end of what is looked at").to.equal("");
    for (let index = 0; index < 20_000; index += 1) secrets.hide(`p"&é${index}`);
    expect(secrets.clean(`${"x ".repeat(40_000)}`), "however many there are").to.have.length.below(2_000);
    secrets.hide("\ud800 half a character");
    expect(secrets.clean("and \ud800 half a character")).to.equal("and [secret]");
  });
});
