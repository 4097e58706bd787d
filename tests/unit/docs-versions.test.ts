import { expect } from "chai";
import { ENGINE_VERSION, PARTS } from "../engine/build";
import { HOSTS } from "../engine/hosts";
import { readPage } from "../markdown";

const ROWS = readPage("docs/installation-configuration.md").split("\n");

function versionIn(file: string, pattern: RegExp): string {
  return pattern.exec(readPage(file))?.[1] ?? expect.fail(`${file} pins no ${pattern.source}`);
}

function hostOf(language: string): string {
  const { program, version } = [...PARTS, ...HOSTS].find(({ module }) => module === `language-${language}`) ?? {};
  return `\`${program}\` ${version}`;
}

/** By row, what the tests run and a user reads in its cells. */
const PINNED: Record<string, string[]> = {
  "Pulumi CLI": [ENGINE_VERSION],
  "`@pulumi/pulumi`": [versionIn("package.json", /"@pulumi\/pulumi": "(\d[\d.]*)"/)],
  YAML: [hostOf("yaml"), versionIn("tests/engine/language-yaml/go.mod", /pulumi\/pkg\/v3 v([\d.]+)/)],
  Python: [hostOf("python"), versionIn("tests/engine/language-python/requirements.txt", /^pulumi==([\d.]+)$/m)],
  TypeScript: [hostOf("nodejs"), versionIn("package.json", /"@pulumi\/pulumi": "(\d[\d.]*)"/)],
  Go: [versionIn("tests/engine/language-yaml/go.mod", /pulumi\/sdk\/v3 v([\d.]+)/)],
};

describe("the documentation's tables of versions", () => {
  for (const [name, versions] of Object.entries(PINNED)) {
    it(`name what the tests run: ${name}`, () => {
      const row = ROWS.find((line) => line.startsWith(`| ${name} `));
      for (const version of versions) expect(row).to.include(version);
    });
  }
});
