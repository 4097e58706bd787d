import path from "node:path";
import js from "@eslint/js";
import tseslint from "typescript-eslint";

/**
 * The layers of the code, from the top: a file may import its own layer and those in the rows below it, never a row above
 * nor a neighbour in its row. A layer is a folder, or the file of that name. `provider` is what lies in it directly.
 * `isPulumi` says that the row may know Pulumi.
 */
const LAYERS = [
  { layers: ["tests"], isPulumi: true },
  { layers: ["examples"], isPulumi: true },
  { layers: ["sdk"], isPulumi: true },
  { layers: ["provider/dynamic", "provider/native", "provider/cli"], isPulumi: true },
  { layers: ["provider/resource", "provider/roster"] },
  { layers: ["provider"] },
  { layers: ["provider/team"] },
  { layers: ["provider/workspace"] },
  { layers: ["provider/user"] },
  { layers: ["provider/api"] },
];

/** What the package's own names stand for. */
const ENTRIES = { "pulumi-wallaroo": "sdk/index", "pulumi-wallaroo/provider": "provider/dynamic" };

const ROWS = new Map(LAYERS.flatMap(({ layers }, row) => layers.map((layer) => [layer, row])));

/** The layer of a file, named from the root and without its ending; undefined for a file outside of all layers. */
function layerOf(file) {
  const parts = file.split("/");
  for (let length = parts.length; length > 0; length -= 1) {
    const folder = parts.slice(0, length).join("/");
    if (ROWS.has(folder)) return folder;
  }
  return undefined;
}

/** Refuses an import that points up in {@link LAYERS}, or aside; and Pulumi in a row that does not know it. */
const direction = {
  meta: {
    type: "problem",
    schema: [],
    messages: {
      up: "{{from}} must not import {{to}}: eslint.config.mjs says which layer knows which.",
      pulumi: "{{from}} must not know Pulumi: only the adapters and the SDK do.",
    },
  },
  create(context) {
    const file = path.relative(context.cwd, context.filename).split(path.sep).join("/");
    const from = layerOf(file.replace(/\.ts$/, ""));
    if (from === undefined) return {};
    const row = ROWS.get(from);
    const check = (node) => {
      const name = node?.type === "Literal" ? node.value : undefined;
      if (typeof name !== "string") return;
      if (name.startsWith("@pulumi/") && !LAYERS[row].isPulumi) {
        context.report({ node, messageId: "pulumi", data: { from } });
      }
      const target = name.startsWith(".") ? path.posix.join(path.posix.dirname(file), name) : ENTRIES[name];
      const to = target === undefined ? undefined : layerOf(target);
      if (to !== undefined && to !== from && ROWS.get(to) <= row) {
        context.report({ node, messageId: "up", data: { from, to } });
      }
    };
    return {
      ImportDeclaration: ({ source }) => check(source),
      ExportNamedDeclaration: ({ source }) => check(source),
      ExportAllDeclaration: ({ source }) => check(source),
      ImportExpression: ({ source }) => check(source),
      TSImportType: ({ source }) => check(source),
      TSExternalModuleReference: ({ expression }) => check(expression),
      "CallExpression[callee.name='require']": (node) => check(node.arguments[0]),
    };
  },
};

const layers = { plugins: { layers: { rules: { direction } } }, rules: { "layers/direction": "error" } };

const forbid = (patterns) => ({ "@typescript-eslint/no-restricted-imports": ["error", { patterns }] });

export default tseslint.config(
  {
    ignores: [
      "dist/",
      "plugin/",
      "**/sdks/nodejs/",
      "node_modules/",
      "examples/javascript/",
      "examples/environment/",
      "tests/bench/programs/",
    ],
  },
  js.configs.recommended,
  ...tseslint.configs.recommendedTypeChecked,
  {
    languageOptions: {
      parserOptions: {
        projectService: {
          allowDefaultProject: [
            "eslint.*.mjs",
            "tests/api/*.mjs",
            "tests/mutation/*.mjs",
            "examples/*/*.mjs",
            ".ci/*.mjs",
          ],
        },
      },
    },
    rules: {
      "@typescript-eslint/no-unused-vars": [
        "error",
        { argsIgnorePattern: "^_", varsIgnorePattern: "^_", ignoreRestSiblings: true },
      ],
      "@typescript-eslint/only-throw-error": "error",
      "@typescript-eslint/consistent-type-imports": "error",
      eqeqeq: "error",
      "no-console": "error",
    },
  },
  layers,
  {
    files: ["provider/**/*.ts", "sdk/**/*.ts"],
    ignores: ["provider/api/transport.ts"],
    rules: forbid([
      { group: ["node-fetch", "node:http", "node:https"], message: "Only provider/api/transport.ts speaks HTTP." },
    ]),
  },
  { files: ["provider/dynamic/diagnostics.ts"], rules: { "no-console": "off" } },
  {
    files: ["tests/emulator/**/*.ts"],
    rules: forbid([
      {
        group: ["**/provider/**"],
        allowTypeImports: true,
        message: "The emulator shares wire types with the client, never functions.",
      },
    ]),
  },
  {
    files: ["tests/**/*.ts"],
    rules: { "@typescript-eslint/no-unused-expressions": "off", "@typescript-eslint/no-floating-promises": "error" },
  },
  { files: ["examples/*/*.mjs"], rules: { "no-undef": "off", "no-console": "off" } },
  {
    files: ["eslint.*.mjs", "tests/api/*.mjs", "tests/mutation/*.mjs", "examples/*/*.mjs", ".ci/*.mjs"],
    ...tseslint.configs.disableTypeChecked,
  },
);
