import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import * as pulumi from "@pulumi/pulumi";
import sinon from "sinon";
import { engineLog } from "../../provider/dynamic/diagnostics";
import { Lifetime } from "../../provider/resource/lifetime";
import { DynamicProvider } from "../../provider/dynamic/provider";
import type { Resource } from "../../provider/resource/resource";
import { Session } from "../../provider/resource/session";

describe("the boundary to the engine's dynamic host", () => {
  afterEach(() => sinon.restore());

  const session = new Session({ log: engineLog, isUnknownMark: () => false });
  const over = (verbs: Partial<Resource>) =>
    new DynamicProvider(
      session,
      { nameOf: () => "ann", ...verbs } as Resource,
      new Lifetime(undefined, () => undefined),
    );

  it("answers, or fails, only when the engine has got what was said", async () => {
    const arrived: string[] = [];
    sinon.stub(pulumi.log, "warn").callsFake(async (message) => {
      await sleep(20);
      arrived.push(message);
    });
    const provider = over({
      create: () => {
        engineLog.warn("created");
        return Promise.resolve({ id: "x", state: {} });
      },
      delete: () => {
        engineLog.warn("deleted");
        return Promise.reject(new Error("not there"));
      },
    });
    expect(await provider.create({})).to.deep.equal({ id: "x", outs: {} });
    expect(arrived).to.deep.equal(["created"]);
    const failure = await provider.delete("x", {}).catch((error: unknown) => String(error));
    expect(failure).to.match(/not there/);
    expect(arrived).to.deep.equal(["created", "deleted"]);
  });

  it("has no stack trace made for a message, as the source maps of all files on it would be read", () => {
    const seen: unknown[] = [];
    sinon.stub(pulumi.log, "info").callsFake(() => {
      seen.push(new Error("here").stack);
      return seen.length === 1 ? Promise.resolve() : raise(new Error("gone"));
    });
    engineLog.info("one");
    expect(() => engineLog.info("two")).to.throw("gone");
    expect(seen).to.deep.equal(["Error: here", "Error: here"]);
    expect(new Error("after").stack).to.match(/\n\s+at /);
  });

  it("says a message also where Error can't be changed, as with frozen intrinsics", () => {
    const said = sinon.stub(pulumi.log, "info").resolves();
    const before = Object.getOwnPropertyDescriptor(Error, "stackTraceLimit") ?? {};
    Object.defineProperty(Error, "stackTraceLimit", { ...before, writable: false });
    try {
      engineLog.info("one");
    } finally {
      Object.defineProperty(Error, "stackTraceLimit", before);
    }
    expect(said.calledOnceWith("one")).to.equal(true);
  });

  it("makes an error of kind internal of what is no error of this package, and asks for a report", async () => {
    for (const thrown of [new TypeError("x is not a function"), "text", undefined, { code: 1 }]) {
      // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors
      const provider = over({ read: () => Promise.reject(thrown) });
      const failure = await provider.read("id", {}).catch((error: unknown) => error);
      expect(failure).to.be.instanceOf(Error).and.include({ kind: "internal" });
      expect((failure as Error).message).to.match(/^Could not read ann: unexpected failure: .* please report it/);
      expect((failure as Error).stack).to.not.match(/\n\s+at /);
    }
  });

  it("takes the host's own keys out on the way in, and puts the provider's text back into what check answers", async () => {
    const seen: unknown[] = [];
    const provider = over({
      check: (...given) => {
        seen.push(...given);
        return Promise.resolve({ inputs: given[1], failures: [] });
      },
    });
    const declared = { key: "1", name: "ann" };
    const olds = { __provider: "old", email: "a" };
    const news = { __provider: "text", __declared: declared, email: "b" };
    expect((await provider.check(olds, news)).inputs).to.deep.equal({ email: "b", __provider: "text" });
    expect(seen).to.deep.equal([{ email: "a" }, { email: "b" }, declared]);
  });

  it("answers a change for a state without the provider's text, which the host could not read", async () => {
    const same = over({ diff: () => Promise.resolve({ changes: false, updates: [], replaces: [] }) });
    expect((await same.diff("id", { email: "a" }, {})).changes).to.equal(true);
    expect((await same.diff("id", { email: "a", __provider: "text" }, {})).changes).to.equal(false);
  });
});

function raise(error: Error): never {
  throw error;
}
