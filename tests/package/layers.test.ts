import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { expect } from "chai";

/**
 * Lints texts as if they were these files of the checkout, with its own configuration, for the direction of imports alone.
 * In a process of its own: the TypeScript loader of this one would translate the whole compiler first.
 */
const LINT = `
  import { readFileSync } from "node:fs";
  import { ESLint } from "eslint";
  const eslint = new ESLint({
    ruleFilter: ({ ruleId }) => ruleId === "layers/direction",
    overrideConfig: { languageOptions: { parserOptions: { projectService: false } } },
  });
  const messages = [];
  for (const { file, text } of JSON.parse(readFileSync(0, "utf8"))) {
    const [result] = await eslint.lintText(text, { filePath: file });
    messages.push(result.messages.map(({ message }) => message.replace(/:.*/, "")));
  }
  process.stdout.write(JSON.stringify(messages));
`;

const IN_LAYER: Record<string, { file: string; allowed: string[]; forbidden: [name: string, to: string][] }> = {
  "provider/api": {
    file: "provider/api/client.ts",
    allowed: ["./errors", "node:fs", "p-limit"],
    forbidden: [
      ["../user/model", "provider/user"],
      ["../settings", "provider"],
      ["../../tests/emulator/platform", "tests"],
    ],
  },
  "provider/user": {
    file: "provider/user/policy.ts",
    allowed: ["./team", "../api/errors"],
    forbidden: [
      ["../team/model", "provider/team"],
      ["../workspace/model", "provider/workspace"],
      ["../resource/user", "provider/resource"],
      ["../platform", "provider"],
    ],
  },
  "provider/team": {
    file: "provider/team/apply.ts",
    allowed: ["../user/model", "../workspace/directory", "../api/wire"],
    forbidden: [
      ["../dynamic/stored", "provider/dynamic"],
      ["../dynamic", "provider/dynamic"],
    ],
  },
  "provider/workspace": {
    file: "provider/workspace/directory.ts",
    allowed: ["../user/snapshot", "../api/workspaces"],
    forbidden: [
      ["../team/model", "provider/team"],
      ["../connect", "provider"],
    ],
  },
  provider: {
    file: "provider/settings.ts",
    allowed: ["./user/email", "./connect", "./team/model"],
    forbidden: [
      ["./resource/session", "provider/resource"],
      ["./dynamic/stored", "provider/dynamic"],
    ],
  },
  "provider/resource": {
    file: "provider/resource/user.ts",
    allowed: ["../settings", "../team/model"],
    forbidden: [
      ["../native/server", "provider/native"],
      ["../cli/main", "provider/cli"],
      ["../../sdk/user", "sdk"],
    ],
  },
  "provider/roster": {
    file: "provider/roster/roster.ts",
    allowed: ["../user/nearest", "../user/properties", "csv-parse/sync"],
    forbidden: [
      ["../resource/user", "provider/resource"],
      ["../cli/main", "provider/cli"],
      ["../../sdk/team", "sdk"],
    ],
  },
  "provider/dynamic": {
    file: "provider/dynamic/provider.ts",
    allowed: ["../resource/user", "@pulumi/pulumi"],
    forbidden: [
      ["../native/server", "provider/native"],
      ["../cli/main", "provider/cli"],
      ["../../sdk/user", "sdk"],
    ],
  },
  "provider/cli": {
    file: "provider/cli/check.ts",
    allowed: ["../resource/failures", "../roster/read", "commander"],
    forbidden: [
      ["../dynamic/stored", "provider/dynamic"],
      ["../native/server", "provider/native"],
      ["../../sdk/user", "sdk"],
    ],
  },
  "provider/native": {
    file: "provider/native/server.ts",
    allowed: ["../resource/user", "@pulumi/pulumi"],
    forbidden: [
      ["../dynamic/stored", "provider/dynamic"],
      ["../cli/main", "provider/cli"],
      ["pulumi-wallaroo", "sdk"],
    ],
  },
  sdk: {
    file: "sdk/user.ts",
    allowed: ["./team", "../provider/dynamic/stored", "../provider/api/errors", "@pulumi/pulumi"],
    forbidden: [
      ["../examples/people/index", "examples"],
      ["../tests/environment", "tests"],
    ],
  },
  examples: {
    file: "examples/team/index.ts",
    allowed: ["pulumi-wallaroo"],
    forbidden: [["../../tests/environment", "tests"]],
  },
};

/** Every form that an import has. */
const FORMS = [
  'import "../team/model";',
  'import type { View } from "../team/model";',
  'export { View } from "../team/model";',
  'export * from "../team/model";',
  'export const team = import("../team/model");',
  'export type View = import("../team/model").View;',
  'import team = require("../team/model");',
  'export const team = require("../team/model");',
];

const CASES = [
  ...Object.entries(IN_LAYER).flatMap(([from, { file, allowed, forbidden }]) => [
    ...allowed.map((name) => ({ file, text: `import "${name}";`, expected: [] as string[] })),
    ...forbidden.map(([name, to]) => ({
      file,
      text: `import "${name}";`,
      expected: [`${from} must not import ${to}`],
    })),
  ]),
  ...FORMS.map((text) => ({
    file: "provider/user/policy.ts",
    text,
    expected: ["provider/user must not import provider/team"],
  })),
  ...[
    "provider/api",
    "provider/user",
    "provider/workspace",
    "provider/team",
    "provider/resource",
    "provider/roster",
    "provider",
  ].map((from) => ({
    file: `${from}/state.ts`,
    text: 'import * as pulumi from "@pulumi/pulumi";',
    expected: [`${from} must not know Pulumi`],
  })),
];

describe("the direction of imports", function () {
  this.timeout(120_000);
  let messages: string[][];
  before(() => {
    const root = path.resolve(__dirname, "../..");
    const options = { cwd: root, input: JSON.stringify(CASES) };
    const stdout = execFileSync(process.execPath, ["--input-type=module", "--eval", LINT], options);
    messages = JSON.parse(stdout.toString()) as string[][];
  });

  it("is shown for every folder of provider/", () => {
    const entries = fs.readdirSync(path.resolve(__dirname, "../../provider"), { withFileTypes: true });
    const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => `provider/${name}`);
    expect(Object.keys(IN_LAYER)).to.include.members(folders);
  });

  CASES.forEach(({ file, text, expected }, index) => {
    it(`${expected.length === 0 ? "allows" : "refuses"} in ${file}: ${text}`, () => {
      expect(messages[index]).to.deep.equal(expected);
    });
  });
});
