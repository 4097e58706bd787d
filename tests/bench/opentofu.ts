import { execFileSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { BOOTSTRAP } from "../emulator/keycloak/server";
import { runMeasured } from "./command";
import { REPEATABLE, type Measurement, type Phase } from "./series";
import type { BenchStack } from "./subject";

/** OpenTofu and its provider for Keycloak, as they are found on PATH. */
export interface OpenTofu {
  /** `tofu`, or `terraform`, which reads the same programs. */
  command: string;
  /** What it says of its version, and the file name of the provider. */
  about: string;
  /** The provider's executable. */
  provider: string;
}

/** With the version behind it, as in the archives that its project publishes, or without. */
const PROVIDER = /^terraform-provider-keycloak(_v[\d.]+)?(\.exe)?$/;

/** Terraform would ask its project for a newer version. */
const OFFLINE = { CHECKPOINT_DISABLE: "1" };

/** What is in the folders of `searched`, by default PATH, or why nothing can be measured beside it. */
export function findOpenTofu(searched = process.env["PATH"] ?? ""): OpenTofu | string {
  const files = searched.split(path.delimiter).flatMap((folder) => {
    const names = fs.existsSync(folder) && fs.statSync(folder).isDirectory() ? fs.readdirSync(folder) : [];
    return names.map((name) => path.join(folder, name));
  });
  const named = (pattern: RegExp) => files.find((file) => pattern.test(path.basename(file)));
  const command = named(/^tofu(\.exe)?$/) ?? named(/^terraform(\.exe)?$/);
  if (command === undefined) return "OpenTofu is not on PATH: not measured";
  const name = path.parse(command).name;
  const provider = named(PROVIDER);
  if (provider === undefined)
    return `${name} is on PATH, its provider terraform-provider-keycloak is not: not measured`;
  const env = { ...process.env, ...OFFLINE };
  const said = execFileSync(command, ["version"], { encoding: "utf8", stdio: "pipe", env });
  // Before it may come a warning, as about a settings file that is not there.
  const version = /^(OpenTofu|Terraform) v.*/m.exec(said)?.[0] ?? name;
  return { command, about: `${version} with ${path.basename(provider)}`, provider };
}

export interface OpenTofuOptions {
  accounts: number;
  /** Base URL of Keycloak, `http://host/auth`. */
  authUrl: string;
  realm: string;
  concurrency: number;
  /** Requests to Keycloak since the last call. */
  take: () => string[];
}

const COMMANDS: Record<Phase, string[]> = {
  create: ["apply"],
  "no change": ["apply"],
  refresh: ["apply", "-refresh-only"],
  "update of 10 %": ["apply"],
  destroy: ["destroy"],
};

/** A fresh state of as many accounts, each with a password, in a realm of its own that has to be there. */
export function openTofuStack({ command, provider }: OpenTofu, options: OpenTofuOptions): BenchStack {
  const { accounts, concurrency, take } = options;
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "pulumi-wallaroo-bench-"));
  const plugins = path.join(folder, "plugins");
  fs.mkdirSync(plugins);
  // Alone in its folder, as an override takes the first file of that name.
  fs.symlinkSync(provider, path.join(plugins, path.basename(provider)));
  const configuration = path.join(folder, "cli.tfrc");
  // The provider is taken from there: no registry is asked, and nothing has to be initialised.
  const override = `dev_overrides { "keycloak/keycloak" = ${JSON.stringify(plugins)} }`;
  fs.writeFileSync(configuration, `provider_installation {\n  ${override}\n}\n`);
  const program = path.join(folder, "main.tf.json");
  return {
    async measure(phase: Phase): Promise<Measurement> {
      fs.writeFileSync(program, JSON.stringify(programOf(options, phase === "update of 10 %")));
      const settings = ["-auto-approve", "-input=false", "-no-color", `-parallelism=${concurrency}`];
      take();
      const used = await runMeasured(command, [...COMMANDS[phase], ...settings], folder, {
        ...process.env,
        TF_CLI_CONFIG_FILE: configuration,
        ...OFFLINE,
      });
      const requests = take();
      const writes = requests.filter((request) => /^(?!GET )\S+ .*\/admin\//.test(request));
      if (REPEATABLE.includes(phase) && writes.length > 0)
        throw new Error(`OpenTofu changed something in ${phase}: ${writes.slice(0, 3).join(", ")}`);
      return { ...used, requests: requests.length };
    },
    stateBytes() {
      const { resources } = JSON.parse(fs.readFileSync(path.join(folder, "terraform.tfstate"), "utf8")) as {
        resources: unknown[];
      };
      return JSON.stringify(resources).length / accounts;
    },
    close() {
      fs.rmSync(folder, { recursive: true, force: true });
      return Promise.resolve();
    },
  };
}

/** The accounts of the benchmark as one resource with `for_each`; in an update each tenth is deactivated. */
function programOf({ accounts, authUrl, realm }: OpenTofuOptions, isUpdated: boolean): object {
  const all = Array.from({ length: accounts }, (_, index) => [
    `account${index}@example.com`,
    !(isUpdated && index % 10 === 0),
  ]);
  const account = {
    for_each: "${local.accounts}",
    realm_id: realm,
    username: "${each.key}",
    email: "${each.key}",
    enabled: "${each.value}",
    // A temporary one would come back as a required action, and be a change in every run.
    initial_password: { value: "Opentofu-1", temporary: false },
  };
  const { origin, pathname } = new URL(authUrl);
  return {
    terraform: { required_providers: { keycloak: { source: "keycloak/keycloak" } } },
    provider: { keycloak: { url: origin, base_path: pathname, client_id: "admin-cli", ...BOOTSTRAP } },
    locals: { accounts: Object.fromEntries(all) as Record<string, boolean> },
    resource: { keycloak_user: { account } },
  };
}
