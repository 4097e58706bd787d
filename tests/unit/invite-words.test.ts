import { expect } from "chai";
import { withoutPasswords } from "../../provider/api/redact";

const ann = "ann@example.com";
const clean = (words: string) => withoutPasswords(words, ann);

describe("the words of a failed invite", () => {
  for (const password of [
    "Xy12-abcD",
    "9f8e7d6c",
    "kTq8!",
    "aB3$dE5",
    "QWERTZUIOP",
    "tr0ub4dor",
    "12345678",
    "Ab_Cd",
    "x@y.zz1",
  ]) {
    it(`do not repeat ${password}, which only the platform can know, wherever they speak of a password`, () => {
      for (const words of [
        `mail failed, the temporary password is ${password}`,
        `Password: ${password}.`,
        `password=${password}`,
        `"password" '${password}' was made for ${ann}, but no mail was sent`,
        `${password} is the password of ${ann}`,
        `could not mail credentials (${ann} / ${password})`,
        `passwd set to ${password}; smtp 550`,
        `{"detail":"x","password":"${password}"}`,
      ]) {
        expect(clean(words)).to.include("[secret]").and.not.include(password);
      }
    });
  }

  for (const words of [
    "Invalid password: must contain at least 1 upper case characters.",
    "Invalid password: minimum length 12.",
    `Invalid password for ${ann}: must not be equal to the username or email!`,
    "Password can't be empty; HTTP said 500.",
    "[secret] is no good password",
    "Ungültiges Passwort: muss beinahe 8 Zeichen haben, password",
    "パスワード password が無効です",
  ]) {
    it(`are quoted as they are where nothing in them can be one: ${words}`, () => {
      expect(clean(words)).to.equal(words);
    });
  }

  it("are quoted as they are where they do not speak of a password", () => {
    const words = "constraint uk_dykn684sl8up1crfei6eckhd7 violated at Row.java:73 (a1B2c3D4)";
    expect(clean(words)).to.equal(words);
  });
});
