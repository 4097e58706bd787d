import { expect } from "chai";
import { MAX_ANSWER_BYTES, explain, explainAnswer } from "../../provider/api/network-failure";
import type { Proxy } from "../../provider/api/proxy";
import { Secrets } from "../../provider/api/redact";

const HTTPS = new URL("https://w.example/v1");
const HTTP = new URL("http://w.example:8080/v1");
const SETTING = "wallaroo:url (WALLAROO_URL) or wallaroo:authUrl (WALLAROO_AUTH_URL)";
const AGAIN = "Check wallaroo:url (WALLAROO_URL), the network and the platform, then run the same command again.";
const BROKE = "could not be reached or broke off";

interface Raised {
  code?: string;
  message?: string;
  erroredSysCall?: string;
  type?: string;
}
const raised = ({ message = "", ...more }: Raised) => Object.assign(new Error(message), more);
const told = (error: Raised, url = HTTPS, proxy?: Proxy) => explain(raised(error), url, proxy, new Secrets());

describe("a connection that fails", () => {
  for (const code of ["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "EHOSTUNREACH", "ENETUNREACH"]) {
    it(`with ${code} has sent nothing, unless it was there before`, () => {
      const failure = { kind: "unavailable", words: `w.example ${BROKE}: ${code}`, next: AGAIN };
      expect(told({ code })).to.deep.equal({ ...failure, beforeSending: true });
      for (const call of ["connect", "getaddrinfo"])
        expect(told({ code, erroredSysCall: call }).beforeSending).to.equal(true);
      for (const call of ["read", "reconnect", "connected"]) {
        expect(told({ code, erroredSysCall: call })).to.deep.equal({ ...failure, beforeSending: false });
      }
    });
  }

  it("by breaking off may have sent everything, and speaks perhaps TLS if it was asked in plain HTTP", () => {
    expect(told({ code: "ECONNRESET" })).to.deep.equal({
      kind: "unavailable",
      beforeSending: false,
      words: `w.example ${BROKE}: ECONNRESET`,
      next: AGAIN,
    });
    const tls = `${AGAIN} If TLS is spoken at this port, write https:// in ${SETTING}.`;
    expect(told({ code: "ECONNRESET" }, HTTP).next).to.equal(tls);
    expect(told({ code: "ENDED", message: "socket hang up" }, HTTP)).to.include({
      words: `w.example:8080 ${BROKE}: socket hang up`,
      next: tls,
    });
    expect(told({ code: "EPIPE" }, HTTP).next).to.equal(AGAIN);
  });

  it("without a code is told in its own words, without the URL and without secrets", () => {
    const secrets = new Secrets();
    secrets.hide("s3cret");
    const error = raised({ message: "request to https://w.example/v1 failed, reason: s3cret is bad" });
    expect(explain(error, HTTPS, undefined, secrets).words).to.equal(`w.example ${BROKE}: [secret] is bad`);
    expect(told({ message: "a request to x failed, reason: y" }).words).to.match(/: a request to x failed, reason: y$/);
  });

  it("by an answer that is too large says so", () => {
    expect(told({ type: "max-size", message: "over limit" }).words).to.equal(
      `w.example ${BROKE}: the answer is larger than ${MAX_ANSWER_BYTES} bytes`,
    );
    expect(MAX_ANSWER_BYTES).to.equal(67_108_864);
  });

  it("during the handshake has sent nothing, and may have met plain HTTP", () => {
    const message = "Client network socket disconnected before secure TLS connection was established";
    expect(told({ code: "ECONNRESET", message })).to.deep.equal({
      kind: "unavailable",
      beforeSending: true,
      words: `w.example ${BROKE} before TLS was agreed on: ECONNRESET`,
      next: `${AGAIN} If plain HTTP is spoken at this port, write http:// in ${SETTING}.`,
    });
  });

  it("by an alert of OpenSSL is told by its reason", () => {
    const message =
      "write EPROTO 80E8:error:0A000410:SSL routines:ssl3_read_bytes:sslv3 alert handshake failure:rec.c:1:";
    expect(told({ code: "EPROTO", message }).words).to.equal(
      `w.example ${BROKE}: EPROTO, sslv3 alert handshake failure`,
    );
    expect(told({ code: "ERR_SSL_X", message }).words).to.match(/: ERR_SSL_X, sslv3 alert handshake failure$/);
    expect(told({ code: "ECONNRESET", message }).words).to.match(/: ECONNRESET$/);
  });
});

describe("a port that speaks something else", () => {
  for (const words of ["wrong version number", "packet length too long", "unknown protocol", "http request"]) {
    it(`is told of TLS that met "${words}"`, () => {
      const message = `error:0A00010B:SSL routines:x:${words}:y.c:1:`;
      for (const code of ["EPROTO", "ERR_SSL_WRONG_VERSION_NUMBER"]) {
        expect(told({ code, message })).to.deep.equal({
          kind: "badSettings",
          beforeSending: true,
          words: `w.example does not speak TLS at this port (${code}, ${words})`,
          next: `Give the port that does, or write http:// in place of https:// in ${SETTING}.`,
        });
      }
      expect(told({ code: "EPROTO", message }, HTTP).kind).to.equal("unavailable");
      expect(told({ code: "ECONNRESET", message }).kind).to.equal("unavailable");
    });
  }

  it("is told of plain HTTP that met no HTTP, which may have been read", () => {
    for (const code of ["HPE_INVALID_CONSTANT", "HPE_INVALID_VERSION"]) {
      expect(told({ code }, HTTP)).to.deep.equal({
        kind: "unreadable",
        beforeSending: false,
        words: `w.example:8080 does not answer in HTTP at this port (${code})`,
        next: `Write https:// in place of http:// in ${SETTING} if it speaks TLS there.`,
      });
      expect(told({ code }).kind).to.equal("unavailable");
    }
    for (const code of ["XHPE_INVALID_VERSION", "HPE_INVALID_VERSION_X", "HPE_INVALID_STATUS"]) {
      expect(told({ code }, HTTP).kind).to.equal("unavailable");
    }
  });

  it("is told of plain HTTP that met TLS, by the words of its answer", () => {
    const bodies = [
      "<p>The plain HTTP request was sent to HTTPS port</p>",
      "Client sent an HTTP request to an HTTPS server.",
      "You're speaking plain HTTP to an SSL-enabled server port.",
      "This combination of host and port requires TLS.",
    ];
    for (const body of bodies) {
      expect(explainAnswer(HTTP, 400, body)).to.deep.equal({
        kind: "badSettings",
        beforeSending: true,
        words: "w.example:8080 speaks TLS at this port, and was asked in plain HTTP",
        next: `Write https:// in place of http:// in ${SETTING}.`,
      });
      expect(explainAnswer(HTTPS, 400, body)).to.equal(undefined);
      expect(explainAnswer(HTTP, 401, body)).to.equal(undefined);
    }
    expect(explainAnswer(HTTP, 400, "bad request")).to.equal(undefined);
  });
});

describe("a certificate", () => {
  const untrusted = (code: string) => ({
    words: `the certificate of w.example is not trusted: this machine does not know who issued it (${code})`,
    next:
      "If a private CA has issued it, or a proxy that reads TLS, name the file of that CA's certificate (PEM) in " +
      "NODE_EXTRA_CA_CERTS, in the environment of pulumi.",
  });
  const cases: [string, string, { words: string; next: string }][] = [
    ...["expired", "not yet valid"].map((when): [string, string, { words: string; next: string }] => {
      const code = when === "expired" ? "CERT_HAS_EXPIRED" : "CERT_NOT_YET_VALID";
      const words = `the certificate of w.example ${when === "expired" ? "has expired" : "is not valid yet"} (${code})`;
      return [code, when, { words, next: "Have it renewed, or set the clock of this machine right." }];
    }),
    ...["ERR_TLS_CERT_ALTNAME_INVALID", "HOSTNAME_MISMATCH"].map(
      (code): [string, string, { words: string; next: string }] => [
        code,
        "Hostname/IP does not match certificate's altnames: Host: w.example is not in the cert's altnames: DNS:x.example",
        {
          words:
            "the certificate of w.example is for another host: Host: w.example is not in the cert's altnames: DNS:x.example",
          next: `Write a host that it names into ${SETTING}.`,
        },
      ],
    ),
    ...[
      "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
      "UNABLE_TO_GET_ISSUER_CERT",
      "CERT_UNTRUSTED",
      "SELF_SIGNED_CERT_IN_CHAIN",
      "DEPTH_ZERO_SELF_SIGNED_CERT",
    ].map((code): [string, string, { words: string; next: string }] => [code, "", untrusted(code)]),
    ...[
      "CERT_REVOKED",
      "CERT_REJECTED",
      "INVALID_CA",
      "INVALID_PURPOSE",
      "PATH_LENGTH_EXCEEDED",
      "UNSPECIFIED",
      "CRL_HAS_EXPIRED",
    ].map((code): [string, string, { words: string; next: string }] => [
      code,
      "no good",
      { words: `the certificate of w.example is not accepted: no good (${code})`, next: "Have it replaced." },
    ]),
  ];
  for (const [code, message, words] of cases) {
    it(`is named, and another try does not mend it: ${code}`, () => {
      expect(told({ code, message })).to.deep.equal({ kind: "badSettings", beforeSending: true, ...words });
      expect(told({ code, message }, HTTP).kind, "without TLS").to.equal("unavailable");
    });
  }

  it("is not blamed for codes that only look like one of its own", () => {
    for (const code of ["CERTAIN", "UNSPECIFIED_X", "X_UNSPECIFIED", "XCERT"]) {
      expect(told({ code }).kind, code).to.equal("unavailable");
    }
  });
});

describe("a proxy", () => {
  const proxy: Proxy = {
    url: "http://p.example:3128/",
    host: "p.example:3128",
    variable: "https_proxy",
    hasCredentials: false,
    secrets: [],
  };
  const name = "the proxy p.example:3128 that https_proxy names";
  const exempt = "or name w.example in NO_PROXY if it is reached without a proxy";
  const refused = (code: string, message = "", more: Partial<Proxy> = {}) =>
    told({ code: `PROXY_${code}`, message }, HTTPS, { ...proxy, ...more });

  it("that wants a password is told where to write it", () => {
    for (const status of ["401", "407"]) {
      expect(refused(status, "No")).to.deep.equal({
        kind: "badSettings",
        words: `${name} wants a user and password: it answered ${status} No to CONNECT`,
        next: `Write them into https_proxy, as in http://user:password@p.example:3128 (a % in the password is written %25), ${exempt}.`,
        beforeSending: true,
      });
      expect(refused(status, "", { hasCredentials: true })).to.deep.equal({
        kind: "badSettings",
        words: `${name} does not accept the user and password written there: it answered ${status} to CONNECT`,
        next: `Check the user and password in https_proxy (a % in the password is written %25), ${exempt}.`,
        beforeSending: true,
      });
    }
  });

  it("that forbids the host is told so", () => {
    expect(refused("403", "Forbidden")).to.deep.equal({
      kind: "badSettings",
      words: `${name} does not allow w.example: it answered 403 Forbidden to CONNECT`,
      next: `Have w.example allowed there, ${exempt}.`,
      beforeSending: true,
    });
  });

  it("that fails may do so for a while; any other answer is from no proxy", () => {
    for (const status of ["429", "500", "503", "408"]) {
      expect(refused(status)).to.deep.equal({
        kind: "unavailable",
        words: `${name} does not lead to w.example: it answered ${status} to CONNECT`,
        next: `Check ${SETTING}, and the proxy, ${exempt}; then run the same command again.`,
        beforeSending: true,
      });
    }
    expect(refused("404")).to.deep.equal({
      kind: "badSettings",
      words: `${name} does not lead to w.example: it answered 404 to CONNECT`,
      next: `Check that https_proxy names a proxy, ${exempt}.`,
      beforeSending: true,
    });
    expect(refused("NaN").words).to.equal(`${name} does not lead to w.example: its answer to CONNECT is not HTTP`);
  });

  it("that can't be reached is told by its own name, and nothing was sent", () => {
    expect(refused("ECONNRESET")).to.deep.equal({
      kind: "unavailable",
      words: `${name} ${BROKE}: ECONNRESET`,
      next:
        "Check https_proxy and the proxy, or name hosts that are reached without it in NO_PROXY; then run the same command again. " +
        "If TLS is spoken at this port, write https:// in https_proxy.",
      beforeSending: true,
    });
    expect(refused("CERT_REVOKED", "x", { url: "https://p.example:3128/" })).to.include({ kind: "badSettings" });
    expect(refused("CERT_REVOKED").kind, "a proxy without TLS").to.equal("unavailable");
  });

  it("is not taken to have answered a status by a code with digits", () => {
    for (const code of ["ERR_1", "1_ERR"]) expect(refused(code).words).to.equal(`${name} ${BROKE}: ${code}`);
  });

  it("is not blamed for what the platform does behind it", () => {
    expect(told({ code: "ECONNRESET" }, HTTPS, proxy).words).to.equal(`w.example ${BROKE}: ECONNRESET`);
    expect(told({ code: "PROXY_403" }).words, "without a proxy").to.equal(`w.example ${BROKE}: PROXY_403`);
    expect(told({ code: "XPROXY_403" }, HTTPS, proxy).words).to.equal(`w.example ${BROKE}: XPROXY_403`);
  });
});
