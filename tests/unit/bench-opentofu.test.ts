import { expect } from "chai";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { checked } from "../bench/checked";
import { findOpenTofu, openTofuStack } from "../bench/opentofu";
import type { Phase } from "../bench/series";
import type { BenchStack } from "../bench/subject";

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

  it("is named by its version when a warning comes before", () => {
    const tofu = put("tofu", "\n\nWarning: there is no such file\n\nOpenTofu v1.2.3");
    expect(findOpenTofu(pathOf(tofu, put("terraform-provider-keycloak")))).to.include({
      about: "OpenTofu v1.2.3 with terraform-provider-keycloak",
    });
  });

  describe("a phase that leaves everything as it is", () => {
    const read = "GET /auth/admin/realms/opentofu/users/1";
    const signIn = "POST /auth/realms/master/protocol/openid-connect/token";
    const write = "PUT /auth/admin/realms/opentofu/users/1";
    const open = (sent: string[]) => {
      const [command, provider] = [path.join(put("tofu"), "tofu"), put("terraform-provider-keycloak")];
      const settings = { accounts: 1, authUrl: "http://127.0.0.1:1/auth", realm: "opentofu", concurrency: 1 };
      return openTofuStack({ command, provider, about: "" }, { ...settings, take: () => sent });
    };

    it("counts with its requests if all of them are reads or for tokens", async () => {
      expect(await open([signIn, read]).measure("no change")).to.include({ requests: 2 });
      expect(await open([signIn, write]).measure("create")).to.include({ requests: 2 });
    });

    for (const phase of ["no change", "refresh"] as const) {
      it(`does not count when something was written (${phase})`, async () => {
        const failure = await open([signIn, read, write])
          .measure(phase)
          .catch((error: Error) => error.message);
        expect(failure).to.equal(`OpenTofu changed something in ${phase}: ${write}`);
      });
    }
  });
});

describe("accounts that a phase of the benchmark leaves", () => {
  /** A life whose phases leave so many accounts beside two others, or the error. */
  const live = async (deletes: boolean, left: [phase: Phase, all: number, enabled: number][]) => {
    let now = { all: 2, enabled: 1 };
    const stack: BenchStack = {
      measure: () => Promise.resolve({ seconds: 1, requests: 1, cpuSeconds: 1, memory: 1 }),
      stateBytes: () => 1,
      close: () => Promise.resolve(),
    };
    const one = await checked(stack, { accounts: 15, deletes, count: () => Promise.resolve(now) });
    for (const [phase, all, enabled] of left) {
      now = { all: 2 + all, enabled: 1 + enabled };
      await one.measure(phase);
    }
  };
  const untilUpdate: [Phase, number, number][] = [
    ["create", 15, 15],
    ["no change", 15, 15],
    ["update of 10 %", 15, 13],
  ];
  const failure = (deletes: boolean, ...left: [Phase, number, number][]) =>
    live(deletes, left).catch((error: Error) => error.message);

  it("are all that the subject should have made, deactivated or deleted", async () => {
    expect(await failure(false, ...untilUpdate, ["destroy", 15, 0])).to.equal(undefined);
    expect(await failure(true, ...untilUpdate, ["destroy", 0, 0])).to.equal(undefined);
  });

  it("make the phase fail when they are others", async () => {
    const due = "not 15 accounts, 15 of them enabled";
    expect(await failure(true, ["create", 14, 14])).to.equal(`create left 14 accounts, 14 of them enabled, ${due}`);
    expect(await failure(false, ["create", 15, 15], ["no change", 15, 13])).to.match(/^no change left .* 13 of them/);
    expect(await failure(false, ["create", 15, 15], ["update of 10 %", 15, 15])).to.match(/^update of 10 % left/);
    expect(await failure(false, ...untilUpdate, ["destroy", 0, 0])).to.match(/^destroy left 0 .*not 15 accounts, 0 of/);
    expect(await failure(true, ...untilUpdate, ["destroy", 15, 0])).to.match(/^destroy left 15 .*not 0 accounts/);
  });
});
