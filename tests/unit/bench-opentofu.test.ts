import { expect } from "chai";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { findOpenTofu } from "../bench/opentofu";

describe("OpenTofu beside the benchmark", () => {
  let folder: string;
  beforeEach(() => (folder = fs.mkdtempSync(path.join(os.tmpdir(), "pulumi-wallaroo-path-"))));
  afterEach(() => fs.rmSync(folder, { recursive: true }));

  /** A program that says its version, or any other file, in one folder of a PATH. Returns that folder. */
  const put = (name: string, version = "") => {
    const inside = fs.mkdtempSync(path.join(folder, "bin-"));
    fs.writeFileSync(path.join(inside, name), `#!/bin/sh\necho "${version}"\necho "on linux"\n`, { mode: 0o755 });
    return inside;
  };
  const pathOf = (...folders: string[]) => ["/no/such/folder", ...folders].join(path.delimiter);

  it("is not measured when it or its provider is not on PATH, and the reason names which", () => {
    expect(findOpenTofu(pathOf())).to.equal("OpenTofu is not on PATH: not measured");
    expect(findOpenTofu(pathOf(put("terraform-provider-keycloak")))).to.match(/^OpenTofu is not on PATH/);
    expect(findOpenTofu(pathOf(put("tofu")))).to.match(/^tofu is on PATH, its provider .*keycloak is not/);
    expect(findOpenTofu(pathOf(put("terraform"), put("terraform-provider-keycloak-docs")))).to.match(
      /^terraform is on/,
    );
  });

  it("is taken before Terraform, with a provider under the name of its archive or without the version", () => {
    const [terraform, tofu] = [put("terraform", "Terraform v1"), put("tofu", "OpenTofu v1.2.3")];
    for (const name of ["terraform-provider-keycloak", "terraform-provider-keycloak_v5.9.0"]) {
      const provider = put(name);
      expect(findOpenTofu(pathOf(terraform, tofu, provider))).to.deep.equal({
        ...{ command: path.join(tofu, "tofu"), provider: path.join(provider, name) },
        about: `OpenTofu v1.2.3 with ${name}`,
      });
      expect(findOpenTofu(pathOf(terraform, provider))).to.include({ about: `Terraform v1 with ${name}` });
    }
  });
});
