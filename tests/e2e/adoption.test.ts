import { expect } from "chai";
import * as pulumi from "@pulumi/pulumi";
import { ann, user } from "./programs";
import { scenario } from "./stack";

describe("an account that is adopted", function () {
  this.timeout(180_000);
  const { platform, stack } = scenario();

  it("keeps secret what was found of a name that is declared as a secret", async () => {
    await platform().addUser({ email: ann });
    await platform().rename(ann, { firstName: "Ff-found-name" });
    await stack().up(user({ adopt: true, firstName: pulumi.secret("Ff-found-name") }));
    expect((await stack().stored("ann"))?.outputs).to.have.property("found");
    expect(stack().onDisk()).to.not.include("Ff-found-name");
  });
});
