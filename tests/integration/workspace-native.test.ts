import { expect } from "chai";
import * as proto from "@pulumi/pulumi/proto/provider_pb";
import { UNKNOWN, decode, encode } from "../../provider/native/values";
import { OPERATOR } from "../emulator/seeds";
import { EngineCalls, listen } from "./dynamic";
import { NativeCalls, startNative } from "./native";
import { messageOf, onPlatform } from "./platform";

const ann = "ann@example.com";
const URN = "urn:pulumi:test::people::wallaroo:index:WorkspaceMember::it";

describe("a membership of the native plugin", () => {
  const { platform, start, writes } = onPlatform();
  listen();
  let annId: string;
  beforeEach(async () => {
    await start();
    annId = await platform().addUser({ email: ann });
    await platform().addWorkspace("churn", { owners: [OPERATOR.email] });
  });

  it("has the life of the dynamic provider's", async () => {
    const calls = new EngineCalls(platform, "workspaceMember", {}, startNative);
    expect(await calls.up({ workspace: "churn", user: ann })).to.equal("created");
    expect(calls.kept?.id).to.equal(`1/${annId}`);
    await calls.refresh();
    expect(await calls.up({ workspace: 1, user: ann, role: "OWNER" })).to.equal("updated");
    expect(await platform().membersOf("churn")).to.include({ [ann]: "OWNER" });
    await calls.destroy();
    expect(await platform().membersOf("churn")).to.deep.equal({ [OPERATOR.email]: "OWNER" });
  });

  it("previews its outputs as far as they are known", async () => {
    const native = await NativeCalls.start(platform());
    const inputs = { workspace: "churn", user: ann, role: "COLLABORATOR" };
    const request = new proto.CreateRequest().setUrn(URN).setPreview(true).setProperties(encode(inputs, []));
    const response = await native.ask<proto.CreateResponse>("create", request);
    expect(decode(response.getProperties()).props).to.deep.equal({
      ...inputs,
      ...{ workspaceId: UNKNOWN, workspaceName: UNKNOWN, userId: UNKNOWN, email: UNKNOWN, adopted: UNKNOWN },
    });
    expect(writes()).to.deep.equal([]);
  });

  describe("is imported", () => {
    const read = async (given: string) => {
      const request = new proto.ReadRequest().setUrn(URN).setId(given);
      const response = await (await NativeCalls.start(platform())).ask<proto.ReadResponse>("read", request);
      const [outputs = {}, inputs = {}] = [response.getProperties(), response.getInputs()].map((s) => decode(s).props);
      return { id: response.getId(), inputs, outputs };
    };

    it("by the name or the id of the workspace and the address or the id of the account, as it is found", async () => {
      await platform().setMember("churn", ann, "OWNER");
      for (const given of [`churn/${ann}`, `1/${annId}`, `churn/ ANN@Example.com`, `1/${ann}`]) {
        const imported = await read(given);
        expect(imported.id).to.equal(`1/${annId}`);
        expect(imported.inputs).to.deep.equal({ workspace: "churn", user: ann, role: "OWNER", adopt: true });
        expect(imported.outputs).to.include({ adopted: true, foundRole: "OWNER" });
      }
      const stack = new EngineCalls(platform, "workspaceMember", {}, startNative);
      stack.kept = await read(`churn/${ann}`);
      expect(await stack.up(stack.kept.inputs)).to.equal("unchanged");
      await stack.destroy();
      expect(writes()).to.deep.equal([]);
    });

    it("from a workspace whose name has slashes, or looks like an id", async () => {
      await platform().addWorkspace("eu/fraud", { owners: [OPERATOR.email], collaborators: [ann] });
      await platform().addWorkspace("77", { owners: [OPERATOR.email], collaborators: [ann] });
      expect((await read(`eu/fraud/${ann}`)).inputs).to.include({ workspace: "eu/fraud" });
      expect((await read(`77/${ann}`)).inputs).to.include({ workspace: 3 });
    });

    it("not if it is not there, or not two names", async () => {
      expect(await messageOf(() => read(`churn/${ann}`))).to.match(
        /^Could not import churn\/ann@example\.com: the account is not a member\. Declare the membership without importing/,
      );
      expect(await messageOf(() => read(`nowhere/${ann}`))).to.match(
        /^Could not import nowhere\/ann.* sees no workspace/,
      );
      expect(await messageOf(() => read("churn/no@example.com"))).to.match(
        /^Could not import .* no account .* this address/,
      );
      for (const given of ["churn", "churn/", `/${ann}`]) {
        expect(await messageOf(() => read(given))).to.match(
          /does not name a workspace and an account\. Write the name or id/,
        );
      }
      expect(writes()).to.deep.equal([]);
    });
  });

  it("is looked up by functions", async () => {
    const native = await NativeCalls.start(platform());
    const invoke = async (name: string, args: object) => {
      const request = new proto.InvokeRequest().setTok(`wallaroo:index:${name}`).setArgs(encode({ ...args }, []));
      return decode((await native.ask<proto.InvokeResponse>("invoke", request)).getReturn()).props;
    };
    expect(await invoke("getWorkspace", { name: "churn" })).to.deep.include({ id: 1, name: "churn" });
    expect((await invoke("getWorkspaces", {}))["workspaces"]).to.have.length(1);
  });
});
