import { createRequire } from "node:module";
import { expect } from "chai";
import fc from "fast-check";
import { asEngineError } from "../../provider/dynamic/failures";
import { WallarooError } from "../../provider/api/errors";
import { MAX_ANSWER, MAX_REASONS, MAX_STATE, findSizeProblem, sizeOf } from "../../provider/resource/size";
import { expectedState } from "../../provider/team/state";
import { PartialFailure } from "../../provider/user/partial-failure";

type Struct = { fromJavaScript(value: object): { serializeBinary(): Uint8Array } };
// The encoding that @pulumi/pulumi itself uses.
const ofPulumi = createRequire(require.resolve("@pulumi/pulumi"));
const { Struct } = ofPulumi("google-protobuf/google/protobuf/struct_pb.js") as { Struct: Struct };
const encoded = (value: object) => Struct.fromJavaScript(value).serializeBinary().length;

describe("the size of a state", () => {
  it("is that of its encoding", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string({ unit: "grapheme" }), fc.jsonValue()), (value) => {
        // The engine's own encoding loses this key.
        const plain = (key: string, part: unknown) => (key === "__proto__" ? undefined : part);
        const json = JSON.parse(JSON.stringify(value), plain) as object;
        expect(sizeOf(json)).to.equal(encoded(json));
      }),
    );
    for (const length of [0, 1, 126, 127, 128, 16_383, 16_384, 3_000_000]) {
      const long = { a: { b: ["x".repeat(length)] } };
      expect(sizeOf(long), `${length}`).to.equal(encoded(long));
    }
  });

  it("is small for ten thousand members with everything declared", () => {
    const member = {
      adopt: true,
      onDestroy: "deactivate",
      firstName: "F".repeat(40),
      lastName: "L".repeat(40),
      admin: false,
    };
    const members = Object.fromEntries(
      Array.from({ length: 10_000 }, (_, n) => [`someone.${n}@mail.example.com`, member]),
    );
    expect(sizeOf(expectedState(members))).to.be.below(MAX_STATE / 2);
    expect(findSizeProblem(expectedState(members), "")).to.equal(undefined);
  });

  it("leaves room for the reasons of every member that fails, in whatever script, within what the engine takes", () => {
    for (const letter of ["x", "\u00fc", "\u4e2d", "\u{1f469}"]) {
      const reasons = Array.from({ length: 2_000 }, (_, n) => `p${n} ${letter.repeat(2_000)}`);
      const failure = new PartialFailure("id", { ids: "x".repeat(MAX_STATE - 500) }, reasons.join("\n"));
      const error = asEngineError(failure, "create", "a team", "provider") as Error & {
        properties: object;
        reasons: string[];
      };
      const wire = sizeOf({ properties: error.properties, reasons: error.reasons });
      expect(wire).to.be.at.most(MAX_ANSWER);
      expect(error.reasons.filter((reason) => /\ufffd|\p{Cs}/u.test(reason))).to.deep.equal([]);
      expect(error.reasons[1_999]).to.match(/^p1999 /);
    }
  });

  it("does not keep the reasons of a team in which no member could be invited from arriving", () => {
    const reasons = Array.from(
      { length: 10_000 },
      (_, n) => `Could not invite p${n}@example.com: ${"x".repeat(4_000)}`,
    );
    const failure = new WallarooError({
      kind: "membersFailed",
      operation: "change",
      who: "all members of a team",
      words: "10000 members failed of 10000",
      next: "",
      reasons,
    });
    const { message } = asEngineError(failure, "create", "a team", "provider");
    expect(Buffer.byteLength(message)).to.be.at.most(MAX_REASONS);
    expect(message).to.match(/Could not invite p9999@example.com/);
  });

  it("is refused when it is too large, with what to do", () => {
    const state = { ids: "x".repeat(MAX_STATE) };
    expect(findSizeProblem(state, "Split the team.")).to.match(
      /^the state would be some 10\.0 MB, .*Split the team\.$/,
    );
  });
});
