import http from "node:http";
import type { AddressInfo } from "node:net";
import { expect } from "chai";
import type { Grant } from "../../provider/api/token";
import type { Fault } from "../emulator/misbehaviour";
import { startPlatform, type Platform } from "../emulator/platform";
import { CLIENT_SECRET } from "../emulator/sessions";
import { openApi } from "./api";
import { messageOf } from "./platform";

describe("the client and its secrets", () => {
  let platform: Platform;
  afterEach(() => platform.close());

  const api = (options: Parameters<typeof openApi>[1] = {}) => openApi(platform, options);

  it("never quotes the answer of an invite, which holds a password", async () => {
    platform = await startPlatform();
    platform.misbehave({ on: "invite", when: "after", what: { body: '{"id":"x","password":"gener-ated' } });
    const message = await messageOf(() => api().invite({ email: "ann@example.com" }));
    expect(message)
      .to.match(/not JSON/)
      .and.not.include("gener-ated");
  });

  it("never repeats a password or token that a server sends back", async () => {
    platform = await startPlatform();
    const users = api();
    const token = await users.token.get();
    platform.misbehave({
      on: "invite",
      when: "before",
      what: { status: 400, body: { msg: `bad pass-word-1 ${token}`, code: 400 } },
    });
    const message = await messageOf(() => users.invite({ email: "ann@example.com", password: "pass-word-1" }));
    expect(message).to.include("bad [secret] [secret]").and.not.include("pass-word-1");
  });

  it("never repeats a secret that comes back in a redirect, in a wrong shape or as a key", async () => {
    platform = await startPlatform();
    const users = api({ clientId: "api-client", clientSecret: CLIENT_SECRET, grant: { type: "client" } });
    const token = await users.token.get();
    const { headers } = platform.requests("token")[0] ?? {};
    const basic = headers?.authorization?.replace("Basic ", "") ?? "";
    expect(basic).to.not.equal("");
    const answers: Fault[] = [
      { status: 302, body: "", headers: { location: `https://sso.invalid/?token=${token}` } },
      { status: 200, body: { debug: `Bearer ${token}` } },
      { status: 200, body: { users: { [token]: 3 } } },
      { status: 200, body: { users: { x: { id: "x", username: token, enabled: "yes" } } } },
      { status: 400, body: { msg: `you sent ${basic}` } },
    ];
    for (const what of answers) {
      platform.misbehave({ on: "query", when: "before", what });
      const message = await messageOf(() => users.queryAll());
      expect(message).to.include("[secret]").and.not.include(token.slice(0, 20)).and.not.include(basic.slice(0, 20));
    }
    platform.misbehave({ on: "query", when: "before", what: { body: { users: { ["k".repeat(100_000)]: 3 } } } });
    expect(await messageOf(() => users.queryAll())).to.have.length.below(2000);
    const location = "/elsewhere?password=operator-password";
    platform.misbehave({ on: "token", when: "before", what: { status: 302, body: "", headers: { location } } });
    const grant: Grant = { type: "password", username: "operator", password: "operator-password" };
    expect(await messageOf(() => api({ grant }).queryAll())).to.include("/elsewhere?password=[secret]");
  });

  it("does not carry the token to another host by a redirect", async () => {
    platform = await startPlatform();
    const reached: string[] = [];
    const other = http.createServer((request, response) => {
      reached.push(request.headers.authorization ?? "none");
      response.end("{}");
    });
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    try {
      const location = `http://127.0.0.1:${(other.address() as AddressInfo).port}/v1/api/users/query`;
      for (const status of [301, 302, 303, 307, 308]) {
        platform.misbehave({ on: "query", when: "before", what: { status, headers: { location }, body: "" } });
        await messageOf(() => api().queryAll());
      }
      expect(reached).to.deep.equal([]);
    } finally {
      other.close();
    }
  });
});
