import { expect } from "chai";
import { isWallarooError } from "../../provider/api/errors";
import { Secrets } from "../../provider/api/redact";
import { TokenSource } from "../../provider/api/token";
import type { Answer, Transport } from "../../provider/api/transport";

const options = {
  authUrl: "https://x.example/auth",
  realm: "master",
  clientId: "sdk-client",
  grant: { type: "password", username: "ann", password: "password" },
} as const;

/** A Keycloak that answers `answers` in turn, the last one for ever, and a clock of its own. */
function keycloak(...answers: Partial<Answer>[]) {
  const clock = { ms: 0 };
  let asked = 0;
  const transport: Transport = () => {
    const answer = answers[Math.min(asked, answers.length - 1)];
    asked += 1;
    return Promise.resolve({ status: 200, body: "", retryAfterMs: undefined, ...answer });
  };
  const token = new TokenSource(options, transport, new Secrets(), () => clock.ms);
  return { token, clock, asked: () => asked };
}
const signedIn = (more: object, claims: object = {}): Partial<Answer> => {
  const access_token = `x.${Buffer.from(JSON.stringify(claims)).toString("base64url")}.x`;
  return { body: JSON.stringify({ access_token, ...more }) };
};

describe("the life of a token", () => {
  /** After how many seconds it is asked for anew, by the second. */
  async function renewedAfter(answer: Partial<Answer>): Promise<number> {
    const { token, clock, asked } = keycloak(answer);
    await token.get();
    while (asked() === 1 && clock.ms < 10_000_000) {
      clock.ms += 1_000;
      await token.get();
    }
    return clock.ms / 1000;
  }

  it("is what expires_in says, as a number or as text", async () => {
    for (const expires_in of [300, "300", " 300 ", "300.0"]) {
      expect(await renewedAfter(signedIn({ expires_in }, { iat: 0, exp: 1_000 }))).to.equal(180);
    }
  });

  it("is what the token's own claims say where expires_in is missing or can't be one, whatever the local clock", async () => {
    for (const more of [{}, { expires_in: null }, { expires_in: 0 }, { expires_in: -1 }, { expires_in: "soon" }]) {
      expect(await renewedAfter(signedIn(more, { iat: 5_000, exp: 5_100 })), JSON.stringify(more)).to.equal(60);
    }
  });

  it("is taken for a minute where nothing tells it", async () => {
    for (const claims of [{}, { exp: 5_000 }, { iat: 5_000, exp: 5_000 }, { iat: "0", exp: "9000" }]) {
      expect(await renewedAfter(signedIn({}, claims)), JSON.stringify(claims)).to.equal(36);
    }
    expect(await renewedAfter({ body: JSON.stringify({ access_token: "no-jwt" }) })).to.equal(36);
  });
});

describe("a token endpoint that asks to be left alone", () => {
  const busy: Partial<Answer> = { status: 429, retryAfterMs: 20_000 };
  const kindOf = (error: unknown) => (isWallarooError(error) ? `${error.kind} ${error.retryAfterMs}` : error);

  it("is not asked again by each of many calls before that time is over", async () => {
    const { token, clock, asked } = keycloak(busy, signedIn({ expires_in: 60 }));
    const all = () => Promise.all([1, 2, 3].map(() => token.get().catch(kindOf)));
    expect(new Set(await all())).to.deep.equal(new Set(["rateLimited 20000"]));
    clock.ms = 15_000;
    expect(await token.get().catch(kindOf), "what is left of it").to.equal("rateLimited 5000");
    expect(asked()).to.equal(1);
    clock.ms = 20_000;
    await all();
    expect(asked()).to.equal(2);
  });

  it("is not asked in the background by each call while the token still serves", async () => {
    for (const down of [busy, { status: 503 }, { status: 425 }]) {
      const { token, clock, asked } = keycloak(signedIn({ expires_in: 60 }), down);
      await token.get();
      clock.ms = 40_000;
      for (let call = 0; call < 20; call += 1) {
        await token.get();
        await new Promise(setImmediate);
      }
      expect(asked(), JSON.stringify(down)).to.equal(2);
    }
  });

  it("may be asked again after 408 and 425, which are no word on the credentials", async () => {
    for (const status of [408, 425]) {
      const { token, asked } = keycloak({ status }, signedIn({ expires_in: 60 }));
      expect(await token.get().catch(kindOf)).to.equal("unavailable undefined");
      expect(await token.get()).to.be.a("string");
      expect(asked()).to.equal(2);
    }
  });
});
