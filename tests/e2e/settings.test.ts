import { expect } from "chai";
import { scenario } from "./stack";
import { user } from "./programs";

describe("a misspelled key of the configuration", function () {
  this.timeout(180_000);
  const { stack } = scenario();

  it("is warned of once in preview and in up, and stops neither", async () => {
    await stack().setConfig("wallaroo:protectedEmail", "boss@example.com");
    for (const { output } of [await stack().preview(user()), await stack().up(user())]) {
      expect(output).to.match(/wallaroo:protectedEmail is not a setting .*did you mean wallaroo:protectedEmails\?/);
      expect(output).to.match(/ 1 warning$/m);
    }
  });
});
