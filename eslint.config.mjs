import js from "@eslint/js";
import tseslint from "typescript-eslint";
import { layers } from "./eslint.layers.mjs";

const forbid = (patterns) => ({ "@typescript-eslint/no-restricted-imports": ["error", { patterns }] });

export default tseslint.config(
  { ignores: ["dist/", "plugin/", "node_modules/", "examples/javascript/", "tests/bench/programs/"] },
  js.configs.recommended,
  ...tseslint.configs.recommendedTypeChecked,
  {
    languageOptions: {
      parserOptions: { projectService: { allowDefaultProject: ["eslint.*.mjs", "tests/api/*.mjs"] } },
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
  { files: ["eslint.*.mjs", "tests/api/*.mjs"], ...tseslint.configs.disableTypeChecked },
);
