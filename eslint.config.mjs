import js from "@eslint/js";
import tseslint from "typescript-eslint";

/** Which way imports may point: examples -> sdk -> provider/dynamic -> provider/team -> provider/user -> provider/api. */
const forbid = (files, patterns) => ({
  files,
  rules: { "@typescript-eslint/no-restricted-imports": ["error", { patterns }] },
});
const pulumi = { group: ["@pulumi/*"], message: "Only the adapter and the SDK know Pulumi." };
const http = {
  group: ["node-fetch", "node:http", "node:https"],
  message: "Only provider/api/transport.ts speaks HTTP.",
};
const tests = { group: ["**/tests/**", "**/emulator/**"], message: "The package does not know its tests." };

export default tseslint.config(
  { ignores: ["dist/", "node_modules/", "examples/javascript/", "tests/bench/programs/"] },
  js.configs.recommended,
  ...tseslint.configs.recommendedTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: { allowDefaultProject: ["eslint.config.mjs"] } } },
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
  forbid(["provider/**/*.ts"], [tests, { group: ["**/sdk/**"], message: "The provider does not know the SDK." }, http]),
  forbid(
    ["provider/api/**/*.ts"],
    [
      tests,
      pulumi,
      http,
      {
        group: ["../user/*", "../team/*", "../dynamic/*", "../platform", "../settings*", "../credentials"],
        message: "provider/api is the lowest layer.",
      },
    ],
  ),
  forbid(
    ["provider/user/**/*.ts"],
    [
      tests,
      pulumi,
      http,
      {
        group: ["../team/*", "../dynamic/*", "../platform", "../settings*", "../credentials"],
        message: "provider/user must not know which adapter calls it.",
      },
    ],
  ),
  forbid(
    ["provider/team/**/*.ts"],
    [
      tests,
      pulumi,
      http,
      {
        group: ["../dynamic/*", "../platform", "../settings*", "../credentials"],
        message: "provider/team must not know which adapter calls it.",
      },
    ],
  ),
  {
    files: ["provider/api/transport.ts"],
    rules: { "@typescript-eslint/no-restricted-imports": ["error", { patterns: [tests, pulumi] }] },
  },
  { files: ["provider/dynamic/diagnostics.ts"], rules: { "no-console": "off" } },
  forbid(
    ["tests/emulator/**/*.ts"],
    [
      {
        group: ["**/provider/**"],
        allowTypeImports: true,
        message: "The emulator shares wire types with the client, never functions.",
      },
    ],
  ),
  {
    files: ["tests/**/*.ts"],
    rules: { "@typescript-eslint/no-unused-expressions": "off", "@typescript-eslint/no-floating-promises": "error" },
  },
  { files: ["eslint.config.mjs"], ...tseslint.configs.disableTypeChecked },
);
