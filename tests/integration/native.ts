import type { UntypedHandleCall } from "@grpc/grpc-js";
import * as pulumi from "@pulumi/pulumi";
import * as proto from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { ServiceError } from "../../provider/native/failures";
import type { CallLog } from "../../provider/native/log";
import { createService } from "../../provider/native/server";
import { Lifetime } from "../../provider/resource/lifetime";
import type { Host } from "../../provider/resource/session";
import { decode, encode } from "../../provider/native/values";
import type { Platform } from "../emulator/platform";
import { OPERATOR } from "../emulator/seeds";
import type { Start, Verbs } from "./dynamic";

type Props = Record<string, unknown>;

/** A native provider as the engine calls it, without the wire between them. */
export class NativeCalls {
  readonly #service;

  private constructor(engineAddress?: string, substitutes?: Host["substitutes"]) {
    const say = (line: string) => void pulumi.log.info(line);
    const log: CallLog = { info: say, warn: say, attach: () => undefined, during: (_urn, body) => body() };
    this.#service = createService({
      version: "0.0.0",
      schema: "{}",
      log,
      engine: new Lifetime(engineAddress, () => undefined),
      substitutes,
    });
  }

  /** As a process that the engine just started and configured, by default as its own provider. */
  static async start(
    platform: Platform,
    config: Record<string, string> = {},
    name = "default",
    engineAddress?: string,
    substitutes?: Host["substitutes"],
  ): Promise<NativeCalls> {
    const calls = new NativeCalls(engineAddress, substitutes);
    const all: Record<string, string> = {
      url: platform.url,
      username: OPERATOR.email,
      password: OPERATOR.password,
    };
    for (const [key, value] of Object.entries(config)) all[key.replace(/^wallaroo:/, "")] = value;
    await calls.ask("configure", new proto.ConfigureRequest().setName(name).setArgs(encode(all, [["password"]])));
    return calls;
  }

  /** The answers to the engine, for a server. */
  get calls() {
    return this.#service.calls;
  }

  /** One call of the protocol. Raises what it fails with as the engine reads it: with what has to be stored, if anything. */
  ask<A>(call: string, request: object): Promise<A> {
    const handle = this.#service.calls[call] as UntypedHandleCall as (
      call: { request: object },
      answer: (error: Error | null, response: A) => void,
    ) => void;
    return new Promise((resolve, reject) => {
      handle({ request }, (error, response) => (error === null ? resolve(response) : reject(readFailure(error))));
    });
  }

  close(): void {
    this.#service.close();
  }

  /** One type of resource, in the words of the dynamic provider, which the tests of both share. */
  verbs(type: string, name = "it"): Verbs {
    const urn = `urn:pulumi:test::people::wallaroo:index:${type}::${name}`;
    const id = (given: pulumi.ID) => String(given);
    return {
      check: async (olds: Props, news: Props) => {
        const request = new proto.CheckRequest().setUrn(urn).setOlds(encode(olds, [])).setNews(encode(news, []));
        const response = await this.ask<proto.CheckResponse>("check", request);
        const failures = response.getFailuresList().map((one) => one.toObject());
        return { inputs: decode(response.getInputs()).props, failures };
      },
      diff: async (given, olds: Props, news: Props) => {
        const request = new proto.DiffRequest().setUrn(urn).setId(id(given)).setOlds(encode(olds, []));
        const response = await this.ask<proto.DiffResponse>("diff", request.setNews(encode(news, [])));
        const changes = response.getChanges() === proto.DiffResponse.DiffChanges.DIFF_SOME;
        return { changes, replaces: response.getReplacesList() };
      },
      create: async (inputs: Props) => {
        const request = new proto.CreateRequest().setUrn(urn).setProperties(encode(inputs, []));
        const response = await this.ask<proto.CreateResponse>("create", request);
        return { id: response.getId(), outs: decode(response.getProperties()).props };
      },
      read: async (given, props: Props = {}) => {
        const request = new proto.ReadRequest().setUrn(urn).setId(id(given)).setProperties(encode(props, []));
        const response = await this.ask<proto.ReadResponse>("read", request);
        const inputs = response.getInputs();
        return {
          id: response.getId(),
          props: decode(response.getProperties()).props,
          ...(inputs === undefined ? {} : { inputs: decode(inputs).props }),
        };
      },
      update: async (given, olds: Props, news: Props) => {
        const request = new proto.UpdateRequest().setUrn(urn).setId(id(given)).setOlds(encode(olds, []));
        const response = await this.ask<proto.UpdateResponse>("update", request.setNews(encode(news, [])));
        return { outs: decode(response.getProperties()).props };
      },
      delete: async (given, props: Props) => {
        await this.ask(
          "delete",
          new proto.DeleteRequest().setUrn(urn).setId(id(given)).setProperties(encode(props, [])),
        );
      },
    };
  }
}

/** {@link Start} of the native plugin. */
export const startNative: Start = async (platform, config) => {
  const calls = await NativeCalls.start(platform, config);
  return { user: calls.verbs("User"), team: calls.verbs("Team"), workspaceMember: calls.verbs("WorkspaceMember") };
};

/** What of a resource the engine stores although the call failed, beside the message. */
function readFailure(error: Error): Error {
  if (!(error instanceof ServiceError)) throw new Error("what is raised is no error of the protocol", { cause: error });
  const [packed] = error.metadata.get("grpc-status-details-bin");
  if (packed === undefined) return new Error(error.details);
  const [detail] = Status.deserializeBinary(packed as Buffer).getDetailsList();
  const failure = proto.ErrorResourceInitFailed.deserializeBinary(detail?.getValue_asU8() ?? new Uint8Array());
  const { props, secrets } = decode(failure.getProperties());
  return Object.assign(new Error(failure.getReasonsList().join("\n")), {
    id: failure.getId(),
    properties: props,
    secrets,
  });
}
