import { expect } from "chai";
import { pauseBefore } from "../../provider/api/retry";
import { parseHttpDate, parseRetryAfter } from "../../provider/api/retry-after";

const policy = { maxRetries: 5, maxElapsedMs: 100_000 };
const date = "Sun, 06 Nov 1994 08:49:37 GMT";

describe("Retry-After", () => {
  it("is whole seconds, or a date reckoned from the answer's own Date", () => {
    expect(parseRetryAfter("0", null)).to.equal(0);
    expect(parseRetryAfter("120", null)).to.equal(120_000);
    expect(parseRetryAfter("Sun, 06 Nov 1994 08:49:46 GMT", date)).to.equal(9_000);
    expect(parseRetryAfter("Sun, 06 Nov 1994 07:49:37 GMT", date), "a date in the past").to.equal(0);
  });

  it("says nothing by a date in an answer without a Date, as the local clock may be off", () => {
    const soon = new Date(Date.now() + 3_000).toUTCString();
    for (const without of [null, "yesterday", new Date().toISOString()]) {
      expect(parseRetryAfter(soon, without)).to.equal(undefined);
    }
  });

  it("has the forms of RFC 9110 and no others", () => {
    const others = ["", "1.5", "-1", "+1", "1e1", "0x10", "1 s", "3, 5", "٣", "soon", "Infinity", "NaN", "tomorrow"];
    const likeDates = [
      "1994-11-06T08:49:46Z",
      "Sun, 06 Nov 1994 08:49:46",
      "Sun, 06 Nov 1994 08:49:46 +0100",
      "Sun, 06 Nov 1994 08:49:46 EST",
      "sun, 06 nov 1994 08:49:46 gmt",
      "Sun, 6 Nov 1994 08:49:46 GMT",
      "06 Nov 1994 08:49:46 GMT",
      "Sun, 31 Nov 1994 08:49:46 GMT",
      "Sun, 00 Nov 1994 08:49:46 GMT",
      "Sun, 06 Nov 1994 24:00:00 GMT",
      "Sun, 06 Nov 1994 08:60:00 GMT",
      "Sun Nov 6 08:49:46 1994",
      "784111786",
    ];
    for (const header of others) expect(parseRetryAfter(header, date), header).to.equal(undefined);
    for (const header of likeDates) expect(parseHttpDate(header), header).to.equal(undefined);
    expect(parseRetryAfter(null, date)).to.equal(undefined);
  });

  it("takes all three forms of a date", () => {
    const forms = [date, "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"];
    for (const form of forms) expect(parseHttpDate(form), form).to.equal(784111777_000);
    expect(parseHttpDate("Thu, 29 Feb 2024 23:59:60 GMT")).to.equal(Date.parse("2024-03-01T00:00:00Z"));
    expect(parseHttpDate("Sat Dec 31 23:59:59 2022")).to.equal(Date.parse("2022-12-31T23:59:59Z"));
    const soon = new Date(Date.UTC(new Date().getUTCFullYear() + 1, 0, 1));
    const days = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
    const short = `${days[soon.getUTCDay()]}, 01-Jan-${String(soon.getUTCFullYear() % 100).padStart(2, "0")} 00:00:00 GMT`;
    expect(parseHttpDate(short), "a year of two digits that is to come").to.equal(soon.getTime());
  });

  it("lengthens our own pause and never shortens it", () => {
    for (const retry of [1, 2, 3, 4, 5]) {
      const ours = pauseBefore(retry, 0, undefined, policy, 0.5) ?? NaN;
      for (const serverMs of [0, 1, 100]) {
        expect(pauseBefore(retry, 0, serverMs, policy, 0.5)).to.be.at.least(ours);
      }
      expect(pauseBefore(retry, 0, 30_000, policy, 0.5)).to.be.within(30_000, 31_000);
    }
  });
});
