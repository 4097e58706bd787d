import { parse } from "csv-parse/sync";
import { expect } from "chai";
import type { Entry, Report } from "../../provider/cli/report/collect";
import { formatted } from "../../provider/cli/report/formats";
import { compareWith, describeChange } from "../../provider/cli/report/since";
import { NAMES } from "../../provider/cli/report/table";
import { messageOf } from "../integration/platform";

const ANN: Entry = {
  id: "11111111-1111-4111-8111-111111111111",
  email: "ann@example.com",
  username: "ann@example.com",
  active: true,
  administrator: true,
  created: "2026-01-02T03:04:05.000Z",
  lastSignIn: null,
  idle: false,
  federated: ["okta", "google"],
  workspaces: [{ workspace: "churn", role: "OWNER" }, { workspace: "fraud" }],
  managed: ["people/prod: ann"],
  expires: "2026-12-31",
};
/** Of whom the platform and the options tell no more. */
const BARE: Entry = { id: "2", username: "bob", active: false };

function reportOf(...accounts: Entry[]): Report {
  return {
    platform: "https://wallaroo.example",
    at: "2026-11-26T12:00:00.000Z",
    accounts,
    notes: ["A <note> | of it."],
  };
}

const cellsOf = (text: string): string[][] => parse(text);

describe("a report as CSV", () => {
  it("has one record per account, and says what is not told", async () => {
    expect(cellsOf(await formatted(reportOf(ANN, BARE), "csv"))).to.deep.equal([
      [...NAMES],
      [
        ...["ann@example.com", "ann@example.com", ANN.id, "people/prod: ann", "yes", "yes", "2026-01-02T03:04:05.000Z"],
        ...["never", "no", "2026-12-31", "okta; google", "churn (OWNER); fraud"],
      ],
      ["", "bob", "2", "unknown", "no", ...Array<string>(7).fill("unknown")],
    ]);
  });

  for (const start of ["=", "+", "-", "@", "\t", "\r"]) {
    it(`makes text of what begins with ${JSON.stringify(start)}, in any column`, async () => {
      const formula = `${start}HYPERLINK("https://evil.example","x")`;
      const evil: Entry = { ...ANN, email: formula, username: formula, federated: [formula], managed: [formula] };
      const workspaces = [{ workspace: formula }];
      const [, cells = []] = cellsOf(await formatted(reportOf({ ...evil, workspaces }), "csv"));
      expect(cells.filter((cell) => cell.includes("HYPERLINK"))).to.deep.equal(Array<string>(5).fill(`'${formula}`));
    });
  }

  it("keeps separators, quotes and line breaks of foreign text inside their cell", async () => {
    const workspaces = [{ workspace: 'a,b;"c"\nd' }];
    const rows = cellsOf(await formatted(reportOf({ ...ANN, workspaces }), "csv"));
    expect(rows).to.have.length(2);
    expect(rows[1]?.at(-1)).to.equal('a,b;"c"\nd');
  });
});

describe("a report as Markdown and HTML", () => {
  const evil: Entry = {
    ...ANN,
    workspaces: [{ workspace: `<img src=x> a|b [x](https://evil.example) \`c\` & "d" 'e'` }],
  };

  it("has one row per account in Markdown, whose cells no text breaks out of", async () => {
    const lines = (await formatted(reportOf(evil, BARE), "md")).trimEnd().split("\n");
    const rows = lines.slice(lines.findIndex((line) => line.startsWith("| ---")) + 1);
    expect(rows).to.have.length(2);
    for (const row of rows) expect(row.split(/(?<!\\)\|/)).to.have.length(NAMES.length + 2);
    expect(rows[0]).to.include("\\<img src=x\\> a\\|b \\[x\\](https\\://evil.example) \\`c\\` \\& \"d\" 'e'");
    expect(lines.join("\n"))
      .to.include("A \\<note\\> \\| of it.")
      .and.include("2 accounts of https\\://wallaroo.example");
  });

  it("is one HTML page that loads nothing, and in which no text is markup", async () => {
    const page = await formatted(reportOf(evil, BARE), "html");
    expect(page).to.include("&lt;img src=x&gt; a|b [x](https://evil.example) `c` &amp; &quot;d&quot; &#39;e&#39;");
    expect(page).to.include("default-src 'none'").and.include("A &lt;note&gt; | of it.");
    expect(page).to.not.match(/<(img|script|link|iframe|object)\b|\b(src|href)="|url\(|@import/i);
    expect(page.match(/<tr\b/g)).to.have.length(3);
    expect(page.match(/<tr class="inactive">/g)).to.have.length(1);
  });
});

describe("a report compared with an earlier one", () => {
  const csv = (...accounts: Entry[]) => formatted(reportOf(...accounts), "csv");
  const compare = async (before: Entry[], now: Entry[]) =>
    compareWith(await csv(...before), "old.csv", reportOf(...now));

  it("tells added, removed and changed accounts, by their ids", async () => {
    const renamed = { ...ANN, email: "anna@example.com", username: "anna@example.com", active: false };
    const cleo = { ...BARE, id: "3", email: "cleo@example.com", username: "cleo@example.com" };
    const { changes } = await compare([ANN, BARE], [renamed, cleo]);
    expect(changes.map(describeChange)).to.deep.equal([
      "changed anna@example.com: email ann@example.com -> anna@example.com, " +
        "username ann@example.com -> anna@example.com, active yes -> no",
      "added cleo@example.com",
      "removed bob",
    ]);
  });

  it("finds no change in what happens by itself", async () => {
    const later: Entry = { ...ANN, lastSignIn: "2026-11-25T00:00:00.000Z", idle: true };
    expect(await compare([ANN], [later])).to.deep.equal({ changes: [], notes: [] });
  });

  it("finds no change in names that had to be made text", async () => {
    const odd = { ...ANN, workspaces: [{ workspace: "=odd" }] };
    expect((await compare([odd], [odd])).changes).to.deep.equal([]);
  });

  it("does not compare what one of the two does not tell, and says so", async () => {
    const { managed: _managed, expires: _expires, ...untold } = ANN;
    const { changes, notes } = await compare([untold], [ANN]);
    expect(changes).to.deep.equal([]);
    expect(notes).to.deep.equal([
      "managed is not compared: one of the two reports does not tell it.",
      "expires is not compared: one of the two reports does not tell it.",
    ]);
  });

  for (const [name, change] of [
    ["is empty", () => ""],
    ["has other columns", (text: string) => text.replace("lastSignIn", "last")],
    ["is cut", (text: string) => text.slice(0, -40)],
    ["is not CSV", () => 'a "b'],
  ] as const) {
    it(`refuses a file that ${name}`, async () => {
      const text = change(await csv(ANN, ANN));
      expect(await messageOf(() => compareWith(text, "old.csv", reportOf(ANN)))).to.match(
        /^Could not compare with old\.csv: it.*Give --since a file/,
      );
    });
  }
});
