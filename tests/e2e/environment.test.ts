import fs from "node:fs";
import path from "node:path";
import { expect } from "chai";
import { startPlatform, type Platform } from "../emulator/platform";
import { Consumer, ROOT, run } from "./consumer";
import { CI } from "./stack";

/** Runs the component under the SDK's mocks, and prints what it declares. */
const UNDER_MOCKS = `
const pulumi = require("@pulumi/pulumi");
const declared = [];
pulumi.runtime.setMocks({
  newResource: (args) => {
    declared.push({ type: args.type, name: args.name, inputs: args.inputs });
    return { id: args.name + "-id", state: args.inputs };
  },
  call: () => ({}),
});
const { Environment } = require("./out/environment.js");
new Environment("churn", { access: { "ann@example.com": "admin", "bob@example.com": "view", "cid@example.com": "view" } });
setTimeout(() => process.stdout.write(JSON.stringify(declared)), 1000);
`;

interface Declared {
  type: string;
  name: string;
  inputs: { subjects?: { name: string }[]; members?: Record<string, unknown>; metadata?: { name: string } };
}

// The engine would load the plugin of Kubernetes, which no package registry serves, and a cluster would have to answer.
describe("the environment of Kubernetes and accounts", function () {
  this.timeout(300_000);
  let platform: Platform;
  let consumer: Consumer;
  before(async () => {
    platform = await startPlatform();
    await platform.addUser({ ...CI, admin: true });
    const example = path.join(ROOT, "examples/environment");
    const manifest = JSON.parse(fs.readFileSync(path.join(example, "package.json"), "utf8")) as {
      dependencies: Record<string, string>;
      devDependencies: Record<string, string>;
    };
    const { "pulumi-wallaroo": _, ...dependencies } = manifest.dependencies;
    consumer = await Consumer.install(platform, { ...dependencies, ...manifest.devDependencies });
    for (const file of ["environment.ts", "index.ts", "tsconfig.json"]) {
      fs.copyFileSync(path.join(example, file), path.join(consumer.folder, file));
    }
  });
  after(async () => {
    (consumer as Consumer | undefined)?.remove();
    await (platform as Platform | undefined)?.close();
  });

  it("compiles, and declares a namespace, a role binding per kind of access, and one team of the same addresses", async () => {
    const { folder: cwd, env } = consumer;
    await run("npx", ["tsc", "--noEmit", "false", "--outDir", "out"], { cwd, env });
    fs.writeFileSync(path.join(cwd, "mocks.js"), UNDER_MOCKS);
    const { stdout } = await run("node", ["mocks.js"], { cwd, env });
    const declared = JSON.parse(stdout) as Declared[];

    const bindings = declared.filter(({ type }) => type.endsWith(":RoleBinding"));
    expect(
      bindings.map(({ name, inputs }) => [name, inputs.subjects?.map((subject) => subject.name)]),
    ).to.have.deep.members([
      ["churn-admin", ["ann@example.com"]],
      ["churn-view", ["bob@example.com", "cid@example.com"]],
    ]);
    const [namespace] = declared.filter(({ type }) => type.endsWith(":Namespace"));
    expect(namespace?.inputs.metadata?.name).to.equal("churn");
    const teams = declared.filter(({ type }) => type.endsWith("wallaroo:Team"));
    expect(teams.map(({ inputs }) => Object.keys(inputs.members ?? {}))).to.deep.equal([
      ["ann@example.com", "bob@example.com", "cid@example.com"],
    ]);
    expect(platform.written()).to.deep.equal([]);
  });
});
