import { execFileSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";

/** A certificate that is its own issuer, and its key. */
export interface Certificate {
  key: Buffer;
  cert: Buffer;
  /** The certificate's file (PEM), for NODE_EXTRA_CA_CERTS. */
  file: string;
}

/** Makes certificates with OpenSSL, in a folder that is gone after {@link Certificates.remove}. */
export class Certificates {
  readonly #folder = fs.mkdtempSync(path.join(os.tmpdir(), "pulumi-wallaroo-ca-"));
  #made = 0;

  /**
   * @param names as OpenSSL writes them: `DNS:localhost`, `IP:127.0.0.1`
   * @param valid first and last year, each from its first day on. Default: now
   */
  make(names: readonly string[], valid = { from: "2020", to: "2049" }): Certificate {
    this.#made += 1;
    const name = `c${this.#made}`;
    const [key, request, cert] = ["key", "csr", "pem"].map((end) => path.join(this.#folder, `${name}.${end}`)) as [
      string,
      string,
      string,
    ];
    const openssl = (...args: string[]) => execFileSync("openssl", args, { cwd: this.#folder, stdio: "ignore" });
    openssl(
      "req",
      "-newkey",
      "rsa:2048",
      "-nodes",
      "-keyout",
      key,
      "-out",
      request,
      "-subj",
      `/CN=${name} of the tests`,
    );
    fs.writeFileSync(path.join(this.#folder, "index.txt"), "");
    // Only `openssl ca` lets a certificate begin and end on any day.
    const config = path.join(this.#folder, "ca.cnf");
    fs.writeFileSync(
      config,
      `[ca]\ndefault_ca=own\n[own]\ndatabase=index.txt\nrand_serial=yes\ndefault_md=sha256\npolicy=any\nx509_extensions=names\n` +
        `[any]\ncommonName=supplied\n[names]\nbasicConstraints=CA:TRUE\nsubjectAltName=${names.join(",")}\n`,
    );
    const days = ["-startdate", `${valid.from}0101000000Z`, "-enddate", `${valid.to}0101000000Z`];
    openssl("ca", "-batch", "-config", config, "-selfsign", "-keyfile", key, "-in", request, "-out", cert, "-outdir", ".", "-notext", ...days); // prettier-ignore
    return { key: fs.readFileSync(key), cert: fs.readFileSync(cert), file: cert };
  }

  remove(): void {
    fs.rmSync(this.#folder, { recursive: true });
  }
}
