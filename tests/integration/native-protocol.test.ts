import * as grpc from "@grpc/grpc-js";
import { ResourceProviderClient, ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as proto from "@pulumi/pulumi/proto/provider_pb";
import { expect } from "chai";
import { decode, encode, UNKNOWN } from "../../provider/native/values";
import { EngineCalls, listen } from "./dynamic";
import { NativeCalls, startNative } from "./native";
import { messageOf, onPlatform } from "./platform";

const EMAILS = ["ann@example.com", "bob@example.com", "cid@other.org"];
const [ann = "", bob = "", cid = ""] = EMAILS;
const TEAM = "urn:pulumi:test::people::wallaroo:index:Team::it";

describe("the native plugin, over its socket,", () => {
  listen();
  const { platform, start } = onPlatform();
  let server: grpc.Server;
  let client: ResourceProviderClient;
  beforeEach(async () => {
    await start();
    server = new grpc.Server();
    server.addService(ResourceProviderService, (await NativeCalls.start(platform())).calls);
    const port = await new Promise<number>((resolve, reject) => {
      const credentials = grpc.ServerCredentials.createInsecure();
      server.bindAsync("127.0.0.1:0", credentials, (error, bound) => (error === null ? resolve(bound) : reject(error)));
    });
    client = new ResourceProviderClient(`127.0.0.1:${port}`, grpc.credentials.createInsecure());
  });
  afterEach(() => {
    client.close();
    server.forceShutdown();
  });

  it("answers what it does not do as not implemented", async () => {
    type Call = (answer: (error: grpc.ServiceError | null) => void) => void;
    const calls: Record<string, Call> = {
      handshake: (answer) => client.handshake(new proto.ProviderHandshakeRequest(), answer),
      parameterize: (answer) => client.parameterize(new proto.ParameterizeRequest(), answer),
      construct: (answer) => client.construct(new proto.ConstructRequest(), answer),
      call: (answer) => client.call(new proto.CallRequest(), answer),
      getMapping: (answer) => client.getMapping(new proto.GetMappingRequest(), answer),
      getMappings: (answer) => client.getMappings(new proto.GetMappingsRequest(), answer),
    };
    for (const [name, call] of Object.entries(calls)) {
      const error = await new Promise<grpc.ServiceError | null>((resolve) => call(resolve));
      expect(error?.code, name).to.equal(grpc.status.UNIMPLEMENTED);
    }
  });

  describe("lists", () => {
    beforeEach(async () => {
      for (const email of EMAILS) await platform().addUser({ email, enabled: email !== bob });
      platform().clearLog();
    });

    async function list(ask: (request: proto.ListRequest) => void, type = "User"): Promise<proto.ListResponse[]> {
      const request = new proto.ListRequest().setToken(`wallaroo:index:${type}`);
      ask(request);
      const answers: proto.ListResponse[] = [];
      for await (const answer of client.list(request)) answers.push(answer as proto.ListResponse);
      return answers;
    }
    const namesOf = (answers: proto.ListResponse[]) =>
      answers.flatMap((answer) => (answer.hasResult() ? [answer.getResult()?.getName()] : []));

    it("every account that has an address, with the id by which it can be imported, with one query", async () => {
      const all = await list(() => undefined);
      expect(namesOf(all)).to.include.members(EMAILS).and.to.not.include(undefined).and.to.not.include("admin");
      expect(platform().requests("query")).to.have.length(1);
      const [found] = all.flatMap((answer) => (answer.getResult()?.getName() === ann ? [answer.getResult()] : []));
      expect(found?.getId()).to.equal((await platform().findByEmail(ann))?.id);
    });

    it("those of a condition, and a page at a time", async () => {
      const query = (conditions: object) => (request: proto.ListRequest) =>
        request.setQuery(encode({ ...conditions }, []));
      expect(namesOf(await list(query({ enabled: false, admin: null })))).to.deep.equal([bob]);
      const pages: unknown[][] = [];
      let token: string | undefined = "";
      while (token !== undefined) {
        const answers = await list((request) => request.setContinuationToken(token ?? "").setPageSize(2));
        pages.push(namesOf(answers));
        token = answers.at(-1)?.getContinuation()?.getContinuationToken();
      }
      expect(pages.flat()).to.deep.equal(namesOf(await list(() => undefined)));
      expect(pages.map(({ length }) => length)).to.deep.equal([2, 2]);
      expect(namesOf(await list((request) => query({ emailDomain: "other.org" })(request).setLimit(1)))).to.deep.equal([
        cid,
      ]);
      const limited = await list((request) => request.setLimit(1));
      expect(limited.map((answer) => answer.hasResult())).to.deep.equal([true, false]);
    });

    it("nothing for a condition that only `up` will know, and sends nothing", async () => {
      const [only, ...others] = await list((request) => request.setQuery(encode({ emailDomain: UNKNOWN }, [])));
      expect([only?.hasComputed(), others.length]).to.deep.equal([true, 0]);
      expect(platform().log).to.deep.equal([]);
    });

    it("with an error for other types, whose ids the platform may have, and for an unknown condition", async () => {
      for (const type of ["Team", "WorkspaceMember"]) {
        expect(await messageOf(() => list(() => undefined, type))).to.equal(
          `2 UNKNOWN: Could not list wallaroo:index:${type}: only wallaroo:index:User can be listed. ` +
            "`wallaroo:index:getWorkspaces` answers memberships, and a team can't be imported.",
        );
      }
      const misspelled = (request: proto.ListRequest) => request.setQuery(encode({ enable: true }, []));
      expect(await messageOf(() => list(misspelled))).to.match(/there is no condition enable/);
    });
  });

  it("answers a failure of a part together with the state to store", async () => {
    const fault = { status: 400, body: { msg: "not this one", code: 400 } };
    platform().misbehave({ on: "invite", who: bob, when: "before", what: fault });
    const request = new proto.CreateRequest()
      .setUrn(TEAM)
      .setProperties(encode({ members: { [ann]: {}, [bob]: {} } }, []));
    const error = await new Promise<grpc.ServiceError | null>((resolve) => client.create(request, resolve));
    expect(error?.details).to.match(/1 member failed of 2/);
    expect(error?.metadata.get("grpc-status-details-bin")).to.have.length(1);
  });
});

describe("the inputs of a team of the native plugin", () => {
  listen();
  const { platform, start } = onPlatform();
  beforeEach(() => start());

  it("keep the name `unmanaged` that a program gives them, so that `ignoreChanges` and a preview can name it", async () => {
    const declared = { members: { [ann]: {} }, unmanaged: "report", unmanagedDomain: "example.com" };
    const stack = new EngineCalls(platform, "team", {}, startNative);
    await stack.up(declared);
    expect(stack.kept?.inputs).to.include({ unmanaged: "report" }).and.to.not.have.property("ifUnmanaged");
    const native = await NativeCalls.start(platform());
    const diff = async (oldInputs: object, news: object) => {
      const request = new proto.DiffRequest().setUrn(TEAM).setOlds(encode(stack.kept?.outputs ?? {}, []));
      request.setOldInputs(encode({ ...oldInputs }, [])).setNews(encode({ ...news }, []));
      const response = await native.ask<proto.DiffResponse>("diff", request);
      return response.getDetaileddiffMap().get("unmanaged")?.getKind();
    };
    const { unmanaged: _gone, ...without } = declared;
    const { UPDATE, DELETE } = proto.PropertyDiff.Kind;
    expect(await diff(declared, { ...declared, unmanaged: "deactivate" })).to.equal(UPDATE);
    expect(await diff(declared, without)).to.equal(DELETE);
    // The dynamic provider stores it under its own name.
    expect(await diff({ ...without, ifUnmanaged: "report" }, without)).to.equal(DELETE);
    expect(await diff({ ...without, ifUnmanaged: "report" }, declared)).to.equal(undefined);
  });

  it("that are secret as a whole make the addresses in the outputs secret", async () => {
    const native = await NativeCalls.start(platform());
    const request = new proto.CreateRequest()
      .setUrn(TEAM)
      .setProperties(encode({ members: { [ann]: {} } }, [["members"]]));
    const created = await native.ask<proto.CreateResponse>("create", request);
    const { secrets } = decode(created.getProperties());
    expect(secrets).to.deep.include(["ids"]).and.to.deep.include(["adopted"]);
  });
});
