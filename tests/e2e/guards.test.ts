import { expect } from "chai";
import type { WallarooUserArgs } from "pulumi-wallaroo";
import { user } from "./programs";
import { CI, scenario } from "./stack";

const adopted = (email: string, args: Partial<WallarooUserArgs> = {}) => user({ email, adopt: true, ...args });

describe("the guards", function () {
  this.timeout(180_000);
  const { stack, writes } = scenario();

  it("refuse to deactivate the account that the provider runs as: in preview of an update, of a replacement, and at destroy", async () => {
    await stack().up(adopted(CI.email, { onDestroy: "deactivate" }));
    for (const refused of [
      await stack().previewFails(adopted(CI.email, { enabled: false })),
      await stack().upFails(adopted(CI.email, { enabled: false })),
      await stack().previewFails(adopted("other@example.com")),
      await stack().destroyFails(),
    ]) {
      expect(refused.output).to.match(
        /Could not deactivate ci@example.com: it is the account that this provider runs as/,
      );
      expect(refused.output).to.not.match(/\n\s+at /);
    }
    expect(writes()).to.deep.equal([]);
  });
});
