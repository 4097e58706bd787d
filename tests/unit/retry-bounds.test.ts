import { expect } from "chai";
import { isRetryable, pauseBefore } from "../../provider/api/retry";
import { parseHttpDate, parseRetryAfter } from "../../provider/api/retry-after";

const policy = { maxRetries: 3, maxElapsedMs: 10_000 };
const pause = (retry: number, elapsedMs = 0, serverMs?: number, random = 0) =>
  pauseBefore(retry, elapsedMs, serverMs, policy, random);

describe("a pause before a retry", () => {
  it("is half of a doubling ceiling, and as much again by chance", () => {
    expect([1, 2, 3].map((retry) => pause(retry))).to.deep.equal([125, 250, 500]);
    expect([1, 2, 3].map((retry) => pause(retry, 0, undefined, 1))).to.deep.equal([250, 500, 1000]);
    const long = { maxRetries: 20, maxElapsedMs: 100_000 };
    expect(pauseBefore(20, 0, undefined, long, 1), "the ceiling").to.equal(8_000);
    expect(pauseBefore(6, 0, undefined, long, 1)).to.equal(8_000);
  });

  it("is taken up to the last retry and to the end of the time, and not after", () => {
    expect(pause(3)).to.equal(500);
    expect(pause(4)).to.equal(undefined);
    expect(pause(1, 9_875)).to.equal(125);
    expect(pause(1, 9_876)).to.equal(undefined);
  });

  it("is the server's if that is longer, up to a minute, with chance on top", () => {
    const patient = { maxRetries: 3, maxElapsedMs: 100_000 };
    expect(pauseBefore(1, 0, 60_000, patient, 0)).to.equal(60_000);
    expect(pauseBefore(1, 0, 60_001, patient, 0)).to.equal(undefined);
    expect(pause(1, 0, 5_000, 1)).to.equal(5_125);
    expect(pause(1, 0, 0, 1), "ours is longer").to.equal(250);
  });

  it("is not taken for what is not an error of this package", () => {
    expect(isRetryable(new Error("timeout"), true)).to.equal(false);
  });
});

describe("Retry-After at the edges", () => {
  it("takes nothing before or after a number or a date", () => {
    const date = "Sun, 06 Nov 1994 08:49:37 GMT";
    const forms = [date, "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"];
    for (const form of forms) {
      for (const odd of [`x${form}`, `${form}x`, `${form} ${form}`])
        expect(parseHttpDate(odd), odd).to.equal(undefined);
    }
    for (const odd of ["x1", "1x", "1\n2"]) expect(parseRetryAfter(odd, date), odd).to.equal(undefined);
  });

  it("has a last hour, minute and second of the day, and a leap second", () => {
    const at = (time: string) => parseHttpDate(`Sun, 06 Nov 1994 ${time} GMT`);
    const midnight = Date.UTC(1994, 10, 6);
    expect(at("00:00:00")).to.equal(midnight);
    expect(at("23:59:60")).to.equal(midnight + 86_400_000);
    for (const time of ["24:00:00", "23:60:00", "23:59:61"]) expect(at(time), time).to.equal(undefined);
  });

  it("refuses a day that its month does not have", () => {
    for (const day of ["30 Feb 2024", "29 Feb 2023", "31 Apr 2024", "32 Jan 2024"]) {
      expect(parseHttpDate(`Sun, ${day} 00:00:00 GMT`), day).to.equal(undefined);
    }
    expect(parseHttpDate("Thu, 29 Feb 2024 00:00:00 GMT")).to.equal(Date.UTC(2024, 1, 29));
  });

  it("reads two digits as a year within half a century from now", () => {
    const now = new Date().getUTCFullYear();
    for (const years of [-49, -1, 0, 1, 50]) {
      const year = now + years;
      const short = `Sunday, 06-Nov-${String(year % 100).padStart(2, "0")} 00:00:00 GMT`;
      expect(parseHttpDate(short), short).to.equal(Date.UTC(year, 10, 6));
    }
  });
});
