import fs from "node:fs";
import path from "node:path";
import { expect } from "chai";
import { ROOT, readPage } from "../markdown";

/** The layers of eslint.config.mjs. Its text is read: to load it takes seconds. */
const LAYERS = [...readPage("eslint.config.mjs").matchAll(/\{ layers: \[([^\]]*)\]/g)].flatMap(([, names = ""]) =>
  names.split(",").map((name) => name.trim().replaceAll('"', "")),
);

describe("the list of layers", () => {
  it("has every folder of provider/, as one without a row counts as `provider`", () => {
    const entries = fs.readdirSync(path.join(ROOT, "provider"), { withFileTypes: true });
    const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => `provider/${name}`);
    expect(LAYERS.filter((layer) => layer.startsWith("provider/"))).to.have.members(folders);
  });

  it("is the table in CONTRIBUTING.md", () => {
    const [, table = ""] = /^## Layers$(.*?)^## /ms.exec(readPage("CONTRIBUTING.md")) ?? [];
    const rows = table.split("\n").filter((line) => line.startsWith("| ["));
    const named = rows.flatMap((row) =>
      [...(row.split("|")[1] ?? "").matchAll(/\]\(([\w/-]+)\)/g)].map(([, to]) => to),
    );
    expect(named).to.have.members(LAYERS);
  });
});

describe("the table of properties", () => {
  it("leaves few files that name a property: the SDK, the wire, lookups, and the table itself", () => {
    const files = ["provider", "sdk"].flatMap((folder) =>
      fs.readdirSync(path.join(ROOT, folder), { encoding: "utf8", recursive: true }).map((name) => `${folder}/${name}`),
    );
    const sources = files.filter((file) => file.endsWith(".ts"));
    for (const property of ["firstName", "lastName"]) {
      const naming = sources.filter((file) => readPage(file).includes(property));
      expect(naming).to.include("provider/user/properties.ts").and.have.length.of.at.most(6);
    }
  });
});
