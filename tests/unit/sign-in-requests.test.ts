import { expect } from "chai";
import { openIdExchange } from "../../provider/api/openid";
import { Secrets } from "../../provider/api/redact";
import { adviseAfterRefusal } from "../../provider/api/refusal";
import type { Grant } from "../../provider/api/token";

const realm = { authUrl: "https://k.example/auth", realm: "my realm", clientId: "c:1" };
const about = { operation: "sign in to", who: "k.example" };

describe("a form for Keycloak", () => {
  it("of a public client says its id", () => {
    const exchange = openIdExchange(realm, "token", { grant_type: "password", username: "a&b" }, new Secrets(), about);
    expect(exchange).to.deep.equal({
      url: "https://k.example/auth/realms/my%20realm/protocol/openid-connect/token",
      headers: { "content-type": "application/x-www-form-urlencoded", accept: "application/json" },
      body: "grant_type=password&username=a%26b&client_id=c%3A1",
      beforeSending: true,
      ...about,
    });
  });

  it("of a confidential client says id and secret in a header alone, form-encoded, which no message repeats", () => {
    const secrets = new Secrets();
    const form = { grant_type: "x" };
    const exchange = openIdExchange({ ...realm, clientSecret: "s:%" }, "token", form, secrets, about);
    const basic = Buffer.from("c%3A1:s%3A%25").toString("base64");
    expect([exchange.headers["authorization"], exchange.body]).to.deep.equal([`Basic ${basic}`, "grant_type=x"]);
    expect(secrets.clean(`Basic ${basic}`)).to.equal("Basic [secret]");
    expect(form, "the caller's form stays as it is").to.deep.equal({ grant_type: "x" });
  });
});

describe("the advice after a refused sign-in", () => {
  const advise = (type: Grant["type"], body = "{}", clientId = "c", isFromFile?: true) =>
    adviseAfterRefusal({ ...realm, grant: { type } as Grant, clientId, isFromFile }, body);
  const end = ". After a change run pulumi up: refresh and destroy use the settings of the last up.";
  const life = "; access tokens live for a minute or so, a refresh token lives longer";
  const client = "wallaroo:clientId (WALLAROO_CLIENT_ID) and wallaroo:clientSecret (WALLAROO_CLIENT_SECRET)";

  it("names the settings of the sign-in", () => {
    expect(advise("token")).to.equal(`Check wallaroo:token (WALLAROO_TOKEN)${life}${end}`);
    expect(advise("refresh")).to.equal(
      "Check wallaroo:refreshToken (WALLAROO_REFRESH_TOKEN), and that it was issued to the client of wallaroo:clientId " +
        "(WALLAROO_CLIENT_ID). A realm that revokes refresh tokens takes each only once: pulumi preview spends it, and up " +
        "fails. There use an offline token that is not revoked, a client's id and secret, or username and password" +
        end,
    );
    expect(advise("password")).to.equal(
      `Check wallaroo:username (WALLAROO_USER) and wallaroo:password (WALLAROO_PASSWORD)${end}`,
    );
    expect(advise("client")).to.equal(`Check ${client}${end}`);
  });

  it("names the file that the credentials were read from", () => {
    const file = "Check the file that WALLAROO_SDK_CREDENTIALS names";
    expect(advise("token", "", "c", true)).to.equal(`${file}${life}${end}`);
    expect(advise("password", "", "c", true)).to.equal(`${file}${end}`);
  });

  it("names the client if Keycloak refuses that", () => {
    for (const error of ["invalid_client", "unauthorized_client"]) {
      const body = JSON.stringify({ error });
      expect(advise("password", body, "c\u0007d")).to.equal(`Check ${client}: Keycloak refuses the client c d${end}`);
      expect(advise("client", body)).to.equal(`Check ${client}${end}`);
    }
    expect(advise("password", '{"error":"invalid_grant"}')).to.match(/^Check wallaroo:username/);
  });
});
