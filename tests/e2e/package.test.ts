import { spawn } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs";
import path from "node:path";
import { expect } from "chai";
import { startPlatform, type Platform } from "../emulator/platform";
import { Consumer, ROOT, run } from "./consumer";
import { CI, configOf } from "./stack";

const TYPESCRIPT = `
import * as pulumi from "@pulumi/pulumi";
import { getUser, WallarooUser, type WallarooUserArgs } from "pulumi-wallaroo";
const args: WallarooUserArgs = { email: pulumi.interpolate\`ann@example.com\`, enabled: true, password: pulumi.secret("Tt-typescript-pw") };
const ann = new WallarooUser("ann", args);
export const id: pulumi.Output<string> = ann.id;
export const me = getUser({ email: "${CI.email}" }).then((user) => user.username);
`;
const JAVASCRIPT = `
const { WallarooUser } = require("pulumi-wallaroo");
exports.id = new WallarooUser("ann", { email: "Ann@example.com" }).id;
`;

/** What a user does who has only the packed tarball: another folder, the CLI, nothing of the checkout. */
describe("the packed package", function () {
  this.timeout(600_000);
  let consumer: Consumer;
  let platform: Platform;

  before(async () => {
    platform = await startPlatform();
    await platform.addUser({ ...CI, admin: true });
    const manifest = JSON.parse(fs.readFileSync(path.join(ROOT, "package.json"), "utf8")) as {
      devDependencies: Record<string, string>;
    };
    const names = ["@pulumi/pulumi", "typescript", "ts-node", "@types/node"];
    const packages = Object.fromEntries(names.map((name) => [name, manifest.devDependencies[name] ?? ""]));
    consumer = await Consumer.install(platform, packages);
  });
  after(async () => {
    (consumer as Consumer | undefined)?.remove();
    await platform.close();
  });

  it("holds what is needed and nothing else", async () => {
    const { stdout } = await run("npm", ["pack", "--dry-run", "--json", "--ignore-scripts"], { cwd: ROOT });
    const parsed = JSON.parse(stdout) as unknown;
    const [pack] = (Array.isArray(parsed) ? parsed : Object.values(parsed as object)) as {
      files: { path: string }[];
    }[];
    const files = (pack?.files ?? []).map((file) => file.path);
    const others = files.filter(
      (file) => !/^(dist\/(provider|sdk)\/.*\.d\.ts|docs\/(api\/)?[\w-]+\.(md|svg)|examples\/.*)$/.test(file),
    );
    const plugin = ["PulumiPlugin.yaml", "index.js", "package.json", "pulumi-resource-wallaroo", "schema.json"];
    const folder = plugin.map((file) => `plugin/${file}`);
    expect(others.sort()).to.deep.equal([
      "CHANGELOG.md",
      "LICENSE",
      "README.md",
      "SECURITY.md",
      ...["command", "provider", "sdk"].flatMap((name) => [`dist/bundle/${name}.js`, `dist/bundle/${name}.js.map`]),
      "package.json",
      ...folder,
      "roster.schema.json",
      "tests/bench/KEYCLOAK.md",
      "tests/bench/PROFILE.md",
      "tests/bench/RESULTS.md",
    ]);
    const examples = files.filter((file) => file.startsWith("examples/"));
    const { stdout: tracked } = await run("git", ["ls-files", "examples"], { cwd: ROOT });
    expect(examples.sort(), "nothing that a run leaves there").to.deep.equal(tracked.trim().split("\n").sort());
    expect(files).to.include.members(["dist/sdk/index.d.ts", "dist/provider/dynamic/index.d.ts"]);
    expect(files.filter((file) => file.includes("native"))).to.deep.equal([]);
  });

  it("has nothing that publint objects to", async () => {
    const { publint } = await import("publint");
    const pkgDir = path.join(consumer.folder, "node_modules/pulumi-wallaroo");
    const { messages } = await publint({ pkgDir, pack: false, strict: true });
    expect(messages).to.deep.equal([]);
  });

  it("brings as many packages as the documentation says, none of which has an install script", () => {
    const read = (name: string) => fs.readFileSync(path.join(ROOT, name), "utf8");
    const { packages } = JSON.parse(read("package-lock.json")) as {
      packages: Record<string, { dev?: true; peer?: true; devOptional?: true; link?: true; hasInstallScript?: true }>;
    };
    const own = Object.entries(packages).filter(
      // The checkout links itself into its own node_modules.
      ([place, { dev, peer, devOptional, link }]) => place !== "" && !(dev ?? peer ?? devOptional ?? link),
    );
    expect(read("docs/installation-configuration.md")).to.include(
      `A user gets ${own.length} packages besides Pulumi itself`,
    );
    expect(own.filter(([, { hasInstallScript }]) => hasInstallScript)).to.deep.equal([]);
    const manifest = JSON.parse(read("package.json")) as { scripts: object };
    const { scripts } = manifest;
    expect(manifest, "the engine would look for a plugin to download").to.not.have.property("pulumi");
    expect(scripts, "npm takes prepare for one too").to.not.have.any.keys(
      "preinstall",
      "install",
      "postinstall",
      "prepare",
    );
  });

  it("exports the resources, the provider and the lookups, and no other name", () => {
    // eslint-disable-next-line @typescript-eslint/no-require-imports
    const names = Object.keys(require(path.join(consumer.folder, "node_modules/pulumi-wallaroo")) as object);
    expect(names.sort()).to.deep.equal([
      "WallarooProvider",
      "WallarooTeam",
      "WallarooUser",
      "WallarooWorkspaceMember",
      "getCurrentUser",
      "getCurrentUserOutput",
      "getSeats",
      "getSeatsOutput",
      "getUser",
      "getUserOutput",
      "getUsers",
      "getUsersOutput",
      "getWorkspace",
      "getWorkspaceOutput",
      "getWorkspaces",
      "getWorkspacesOutput",
      "parseRoster",
      "readRoster",
    ]);
  });

  it("holds a plugin that starts by itself and tells its port", async () => {
    const plugin = path.join(consumer.folder, "node_modules/pulumi-wallaroo/plugin/pulumi-resource-wallaroo");
    const child = spawn(plugin, ["127.0.0.1:1"], { cwd: consumer.folder, stdio: ["ignore", "pipe", "inherit"] });
    const [line] = (await once(child.stdout, "data")) as [Buffer];
    child.kill();
    expect(line.toString()).to.match(/^\d{2,5}\n$/);
  });

  it("lets the engine install the plugin's folder, as package add does, without a registry or a build", async () => {
    const folder = path.join(consumer.folder, "node_modules/pulumi-wallaroo/plugin");
    // What the language host of Node runs for a folder with PulumiPlugin.yaml; it then refuses one without node_modules.
    await run("npm", ["install", "--loglevel=error", "--offline"], { cwd: folder, env: consumer.env });
    expect(fs.readdirSync(path.join(folder, "node_modules"))).to.include("wallaroo-plugin");
  });

  it("holds a command that checks the settings of a stack", async () => {
    consumer.write("index.js", JAVASCRIPT);
    await consumer.pulumi(["stack", "init", "checked"]);
    for (const [key, value] of Object.entries(configOf(platform.url))) {
      const [secret, name] = key.startsWith("secret:")
        ? ["--secret", key.slice("secret:".length)]
        : ["--plaintext", key];
      await consumer.pulumi(["config", "set", "--stack", "checked", secret, name, value]);
    }
    platform.clearLog();
    const settings = { WALLAROO_URL: "", WALLAROO_USER: "", WALLAROO_PASSWORD: "" };
    const options = { cwd: consumer.folder, env: { ...consumer.env, ...settings } };
    const { stdout } = await run("npx", ["pulumi-wallaroo", "check", "--stack", "checked"], options);
    expect(stdout).to.match(/^ok +wallaroo:password +a secret, from the configuration of the stack$/m);
    expect(stdout).to.match(/^ok +account +ci@example\.com, an administrator$/m);
    expect(stdout)
      .to.not.include(CI.password)
      .and.not.match(/^refused/m);
    expect(platform.writes()).to.deep.equal([]);
  });

  for (const [language, file, program] of [
    ["TypeScript", "index.ts", TYPESCRIPT],
    ["JavaScript", "index.js", JAVASCRIPT],
  ] as const) {
    it(`works in a ${language} program in another folder`, async () => {
      const { folder } = consumer;
      const pulumi = (...args: string[]) => consumer.pulumi(args);
      consumer.write(file, program);
      if (language === "TypeScript") {
        const compilerOptions = {
          target: "ES2022",
          module: "nodenext",
          strict: true,
          skipLibCheck: false,
          types: ["node"],
          noEmit: true,
        };
        fs.writeFileSync(path.join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, files: [file] }));
        await run("npx", ["tsc", "-p", "."], { cwd: folder }).catch((error: Error & { stdout: string }) => {
          const errors = error.stdout.split("\n").filter((line) => line.includes("error TS"));
          const own = errors.filter((line) => !line.startsWith("node_modules/@pulumi/"));
          // Without any the compiler did not run, or died.
          if (errors.length === 0 || own.length > 0) throw new Error(`${error.message}\n${own.join("\n")}`);
        });
      }
      platform.clearLog();
      await pulumi("stack", "init", language.toLowerCase());
      await pulumi("up", "--yes", "--skip-preview");
      await pulumi("preview", "--expect-no-changes");
      await pulumi("refresh", "--yes", "--skip-preview", "--expect-no-changes");
      const exported = await pulumi("stack", "export");
      expect(exported).to.not.include("Tt-typescript-pw").and.not.include(CI.password);
      await pulumi("destroy", "--yes", "--skip-preview");
      const first = language === "TypeScript" ? "invite" : "activate";
      expect(platform.written()).to.deep.equal([`${first} ann@example.com`, "deactivate ann@example.com"]);
    });
  }
});
