import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import * as pulumi from "@pulumi/pulumi";
import sinon from "sinon";
import { engineLog, sayingFirst } from "../../provider/dynamic/diagnostics";

describe("a provider that says something", () => {
  afterEach(() => sinon.restore());

  it("answers, or fails, only when the engine has got what it said", async () => {
    const arrived: string[] = [];
    sinon.stub(pulumi.log, "warn").callsFake(async (message) => {
      await sleep(20);
      arrived.push(message);
    });
    const talking: pulumi.dynamic.ResourceProvider = {
      create: () => {
        engineLog.warn("created");
        return Promise.resolve({ id: "x" });
      },
      delete: () => {
        engineLog.warn("deleted");
        return Promise.reject(new Error("not there"));
      },
    };
    const provider = sayingFirst(talking);
    expect(await provider.create({})).to.deep.equal({ id: "x" });
    expect(arrived).to.deep.equal(["created"]);
    const failure = await provider.delete?.("x", {}).catch((error: unknown) => String(error));
    expect(failure).to.equal("Error: not there");
    expect(arrived).to.deep.equal(["created", "deleted"]);
  });
});
