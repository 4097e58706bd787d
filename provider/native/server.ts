import * as grpc from "@grpc/grpc-js";
import type { IResourceProviderServer } from "@pulumi/pulumi/proto/provider_grpc_pb";
import { PluginInfo, type PluginAttach } from "@pulumi/pulumi/proto/plugin_pb";
import * as proto from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import type { Lifetime } from "../resource/lifetime";
import { Session, type Host } from "../resource/session";
import { checkConfiguration, configurationOf } from "./configuration";
import { asServiceError } from "./failures";
import { invoke, list } from "./functions";
import type { CallLog } from "./log";
import { resourceCalls } from "./resources";
import { isUnknownMark } from "./values";

/** What a plugin is made of besides its code. */
export interface Plugin {
  version: string;
  /** JSON text. */
  schema: string;
  log: CallLog;
  engine: Lifetime;
  substitutes?: Host["substitutes"];
}

/** The calls that a plugin answers, and how it gives up what its process holds on the machine. */
export interface Service {
  calls: grpc.UntypedServiceImplementation;
  close: () => void;
}

/** The calls that the engine makes of the one provider of a process. All others are answered as not implemented. */
export function createService({ version, schema, log, engine, substitutes }: Plugin): Service {
  const session = new Session({ log, isUnknownMark, engine, substitutes });
  const resources = resourceCalls(session, log);
  const during =
    <Q, A>(answer: (request: Q) => Promise<A>) =>
    (request: Q) =>
      engine.during(() => answer(request));
  const calls = {
    getSchema: unary(() => new proto.GetSchemaResponse().setSchema(schema)),
    getPluginInfo: unary(() => new PluginInfo().setVersion(version)),
    attach: unary((request: PluginAttach) => {
      log.attach(request.getAddress());
      return new Empty();
    }),
    checkConfig: unary((request: proto.CheckRequest) =>
      log.during(request.getUrn(), () => Promise.resolve(checkConfiguration(request, log))),
    ),
    // A provider is never replaced, as its resources would be with it: a platform that moves keeps its accounts.
    diffConfig: unary(() => new proto.DiffResponse().setChanges(proto.DiffResponse.DiffChanges.DIFF_UNKNOWN)),
    configure: unary((request: proto.ConfigureRequest) => {
      session.configure(configurationOf(request));
      return new proto.ConfigureResponse().setAcceptsecrets(true).setSupportspreview(true);
    }),
    invoke: unary((request: proto.InvokeRequest) => log.during("", () => invoke(session, request))),
    list: streaming((request: proto.ListRequest) => log.during("", () => list(session, request))),
    cancel: unary(() => {
      session.cancel();
      return new Empty();
    }),
    check: unary(during(resources.check)),
    diff: unary(during(resources.diff)),
    create: unary(during(resources.create)),
    read: unary(during(resources.read)),
    update: unary(during(resources.update)),
    delete: unary(during(resources.delete)),
  } satisfies Partial<Record<keyof IResourceProviderServer, grpc.UntypedHandleCall>>;
  return { calls, close: () => session.close() };
}

/** A call with one answer. What it raises is answered as an error, never as a crash. */
function unary<Q, A>(answer: (request: Q) => A | Promise<A>): grpc.handleUnaryCall<Q, A> {
  return (call, callback) => {
    Promise.resolve(call.request)
      .then(answer)
      .then(
        (response) => callback(null, response),
        (error: unknown) => callback(asServiceError(error, "serve", "the engine")),
      );
  };
}

/** A call with any number of answers, of which all are there when the first is sent. */
function streaming<Q, A>(answer: (request: Q) => Promise<A[]>): grpc.handleServerStreamingCall<Q, A> {
  return (call) => {
    answer(call.request).then(
      (responses) => {
        for (const response of responses) call.write(response);
        call.end();
      },
      (error: unknown) => call.emit("error", asServiceError(error, "serve", "the engine")),
    );
  };
}

/** Serves on this machine alone, on a free port. Answers the port. */
export async function listen(
  service: grpc.UntypedServiceImplementation,
  definition: grpc.ServiceDefinition,
): Promise<number> {
  // The engine's own limit: a team of ten thousand is a message of several MB.
  const server = new grpc.Server({ "grpc.max_receive_message_length": 400 * 1024 * 1024 });
  server.addService(definition, service);
  return new Promise((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
      if (error === null) resolve(port);
      else reject(error);
    });
  });
}
