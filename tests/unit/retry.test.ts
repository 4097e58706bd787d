import { expect } from "chai";
import { WallarooError, type ErrorKind } from "../../provider/api/errors";
import { isRetryable, pauseBefore } from "../../provider/api/retry";

const failed = (kind: ErrorKind) => new WallarooError({ kind, operation: "query", who: "x", words: "y", next: "z" });
const policy = { maxRetries: 5, maxElapsedMs: 100_000 };

describe("the retry policy", () => {
  it("repeats reads and idempotent writes after an outage, and an invite never", () => {
    for (const kind of ["unavailable", "timeout"] as const) {
      expect(isRetryable(failed(kind), true)).to.equal(true);
      expect(isRetryable(failed(kind), false)).to.equal(false);
    }
  });

  it("repeats anything that was only rate limited, and nothing that was refused", () => {
    expect(isRetryable(failed("rateLimited"), false)).to.equal(true);
    for (const kind of ["rejected", "forbidden", "conflict", "notFound", "unreadable", "unauthenticated"] as const) {
      expect(isRetryable(failed(kind), true)).to.equal(false);
    }
  });

  it("doubles its pauses up to a cap, with jitter", () => {
    const pauses = [1, 2, 3, 4, 5].map((retry) => pauseBefore(retry, 0, undefined, policy, 0.999));
    expect(pauses.map((pause) => Math.round((pause ?? 0) / 10) * 10)).to.deep.equal([250, 500, 1000, 2000, 4000]);
    expect(pauseBefore(3, 0, undefined, policy, 0)).to.be.lessThan(pauseBefore(3, 0, undefined, policy, 0.9) ?? 0);
  });

  it("ends after the given number of retries and after the given time", () => {
    expect(pauseBefore(6, 0, undefined, policy, 0)).to.equal(undefined);
    expect(pauseBefore(1, 99_999, undefined, policy, 0.5)).to.equal(undefined);
  });

  it("lets the server's timing win, up to a cap that is not waited for", () => {
    expect(pauseBefore(1, 0, 7_000, policy, 0)).to.equal(7_000);
    expect(pauseBefore(1, 0, 3_600_000, policy, 0)).to.equal(undefined);
  });
});
