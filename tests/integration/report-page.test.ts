import { execFile } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { expect } from "chai";
import { operatorOf, runCommand } from "./command";
import { onPlatform } from "./platform";

const run = promisify(execFile);
const BROWSERS = ["chromium", "chromium-browser", "google-chrome"];

async function findBrowser(): Promise<string | undefined> {
  for (const name of BROWSERS) {
    const found = await run(name, ["--version"]).catch(() => undefined);
    if (found !== undefined) return name;
  }
  return undefined;
}

describe("the page of a report", function () {
  this.timeout(120_000);
  const { platform, start } = onPlatform();
  let browser: string | undefined;
  let folder: string;
  before(async function () {
    browser = await findBrowser();
    if (browser !== undefined) return;
    // The text of the page is tested without one.
    process.stderr.write(`No browser (${BROWSERS.join(", ")}) on PATH: the page of a report is not looked at.\n`);
    this.skip();
  });
  beforeEach(() => void (folder = fs.mkdtempSync(path.join(os.tmpdir(), "pulumi-wallaroo-page-"))));
  afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

  it("is shown by a browser with every account, runs nothing that a name says, and loads nothing", async () => {
    await start();
    const script = `<img src=x onerror="document.title='ran'"><script>document.title='ran'</script>`;
    await platform().addUser({ email: "ann@example.com", admin: true });
    await platform().addUser({ email: "bob@example.com", enabled: false });
    await platform().addWorkspace(script, { owners: ["ann@example.com"] });
    const file = path.join(folder, "access.html");
    const { code, stderr } = await runCommand(["report", "--out", file], operatorOf(platform()), folder);
    expect(code, stderr).to.equal(0);

    const { stdout: page } = await run(browser ?? "", [
      ...["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"],
      ...[`--user-data-dir=${path.join(folder, "profile")}`, "--virtual-time-budget=2000"],
      ...["--dump-dom", pathToFileURL(file).href],
    ]);
    const visible = page.replaceAll(/<style[^]*?<\/style>/g, "").replaceAll(/<[^>]+>/g, " ");
    expect(visible).to.contain("ann@example.com").and.to.contain("bob@example.com");
    expect(page).to.not.contain("<title>ran");
    expect(page).to.contain("&lt;script&gt;");
    expect(page).to.not.match(/(?:src|href)="(?!#)/);
  });
});
