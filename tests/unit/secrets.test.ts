import { expect } from "chai";
import { Secrets, withoutPasswords } from "../../provider/api/redact";

/** Knows these secrets. */
function hiding(...secrets: string[]): Secrets {
  const mask = new Secrets();
  for (const secret of secrets) mask.hide(secret);
  return mask;
}

describe("a secret that is known", () => {
  it("is masked whole, also if another one is a part of it", () => {
    for (const secrets of [
      ["abcdefgh", "bcde"],
      ["bcde", "abcdefgh"],
      ["abcdefgh", "efgh"],
    ]) {
      expect(hiding(...secrets).apply("x abcdefgh y"), secrets.join()).to.equal("x [secret] y");
    }
  });

  it("is masked also if it is told after the first message was made", () => {
    const secrets = hiding("first");
    expect(secrets.apply("first second")).to.equal("[secret] second");
    secrets.hide("second");
    expect(secrets.apply("first second")).to.equal("[secret] [secret]");
  });

  it("is masked at the very end of a text", () => {
    expect(hiding("abcd").apply("xabcd")).to.equal("x[secret]");
  });

  it("is masked inside a longer text of JSON, and of JSON in JSON", () => {
    const secret = 'pa"ss\\word';
    const json = JSON.stringify({ msg: `bad ${secret} here` });
    expect(hiding(secret).apply(json)).to.equal('{"msg":"bad [secret] here"}');
    expect(hiding(secret).apply(JSON.stringify({ body: json }))).to.equal(
      '{"body":"{\\"msg\\":\\"bad [secret] here\\"}"}',
    );
  });

  it("is masked in a URL, whichever case its codes have", () => {
    const secret = "a<b>é c?/";
    const url = encodeURIComponent(secret);
    for (const text of [url, url.replace(/%../g, (code) => code.toLowerCase())]) {
      expect(hiding(secret).apply(`/x?p=${text}&q`), text).to.equal("/x?p=[secret]&q");
    }
  });

  it("is masked in HTML, whichever way quotes are written, and the rest stays as it came", () => {
    const secret = `pa'ss"<&>word`;
    for (const quote of ["&#39;", "&#x27;", "&apos;"]) {
      const html = `&lt;b&gt; pa${quote}ss&quot;&lt;&amp;&gt;word`;
      expect(hiding(secret).clean(html), quote).to.equal("&lt;b&gt; [secret]");
    }
  });

  it("is masked in base64 with its padding and without", () => {
    const secret = "~~~~";
    expect(Buffer.from(secret).toString("base64")).to.equal("fn5+fg==");
    expect(hiding(secret).apply("Basic fn5+fg.")).to.equal("Basic [secret].");
    expect(hiding(secret).apply("Basic fn5+fg==")).to.equal("Basic [secret]==");
  });

  it("of three characters or less is masked in no spelling", () => {
    const text = "a b a%20b a+b YSBi";
    expect(hiding("a b").apply(text)).to.equal(text);
    expect(hiding("a b").longest()).to.equal(0);
  });

  it("is as long as its longest spelling, with which a text that was cut may end", () => {
    expect(hiding("abcd").longest()).to.equal("YWJjZA".length);
    expect(hiding("abcd", "a b c").longest()).to.equal("a%20b%20c".length);
  });
});

describe("an excerpt of a foreign value", () => {
  it("has at most 200 characters, and no secret", () => {
    expect(hiding("s3cret").excerpt("the s3cret place")).to.equal("the [secret] place");
    expect(new Secrets().excerpt("x".repeat(200))).to.equal("x".repeat(200));
    expect(new Secrets().excerpt("x".repeat(201))).to.equal(`${"x".repeat(200)}…`);
  });
});

describe("the address in the words of a failed invite", () => {
  it("is quoted with whatever marks stand behind it", () => {
    for (const words of ["password of ann@b.c?!", "no password (for ann@b.c)", "password: ann@b.c), ann@b.c"]) {
      expect(withoutPasswords(words, "ann@b.c")).to.equal(words);
    }
  });
});
