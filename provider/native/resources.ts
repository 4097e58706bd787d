import * as proto from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import type { Props } from "../resource/resource";
import type { Session } from "../resource/session";
import { canonicalEmail } from "../user/email";
import { diffResponse } from "./details";
import { asServiceError } from "./failures";
import { unknownToken } from "./functions";
import { kindsOf, type Kind } from "./kinds";
import type { CallLog } from "./log";
import { decode, encode, type Decoded, type Path } from "./values";

/** What a call works with: the kind of the resource, and where secrets stand in what it answers. */
interface Subject extends Kind {
  secretPaths: readonly Path[];
}

/** The engine's calls about resources: plain values in and out of the core, the protocol's messages around them. */
export function resourceCalls(session: Session, log: CallLog) {
  const kinds = kindsOf(session);

  /** One call: what it says stands at its resource, and what it raises is an error of the protocol. */
  function about<T>(operation: string, urn: string, given: readonly Decoded[], body: (subject: Subject) => Promise<T>) {
    return log.during(urn, async () => {
      const type = typeOf(urn);
      const kind = Object.hasOwn(kinds, type) ? kinds[type] : undefined;
      if (kind === undefined) throw asServiceError(unknownToken(operation, type), operation, type);
      const secretPaths = [...kind.secrets, ...given.flatMap(({ secrets }) => secrets.flatMap(derived))];
      try {
        return await body({ ...kind, secretPaths });
      } catch (error) {
        throw asServiceError(session.worded(error), operation, kind.resource.nameOf(own(given.at(-1))), secretPaths);
      }
    });
  }

  return {
    check: (request: proto.CheckRequest): Promise<proto.CheckResponse> => {
      const [olds, news] = [decode(request.getOlds()), decode(request.getNews())];
      const urn = request.getUrn();
      return about("check", urn, [news], async ({ resource, given, shown, secretPaths }) => {
        const declared = { key: urn, name: nameOf(urn), secrets: secretPaths.flatMap(([first = ""]) => first) };
        const { inputs, failures } = await resource.check(own(olds), given(own(news)), declared);
        const answers = failures.map(({ property, reason }) => {
          return new proto.CheckFailure().setProperty(property).setReason(reason);
        });
        return new proto.CheckResponse().setInputs(encode(shown(inputs), secretPaths)).setFailuresList(answers);
      });
    },

    diff: (request: proto.DiffRequest): Promise<proto.DiffResponse> => {
      const [olds, news] = [decode(request.getOlds()), decode(request.getNews())];
      return about("compare", request.getUrn(), [news], async ({ resource, given, shown }) => {
        const difference = await resource.diff(request.getId(), own(olds), given(own(news)));
        return diffResponse(difference, shown(own(decode(request.getOldInputs()))), news.props);
      });
    },

    create: (request: proto.CreateRequest): Promise<proto.CreateResponse> => {
      const inputs = decode(request.getProperties());
      return about("create", request.getUrn(), [inputs], async ({ resource, given, expected, secretPaths }) => {
        const declared = given(own(inputs));
        const stored = request.getPreview() ? { id: "", state: expected(declared) } : await resource.create(declared);
        return new proto.CreateResponse().setId(stored.id).setProperties(encode(stored.state, secretPaths));
      });
    },

    read: (request: proto.ReadRequest): Promise<proto.ReadResponse> => {
      const [inputs, state] = [decode(request.getInputs()), decode(request.getProperties())];
      return about("read", request.getUrn(), [inputs, state], async ({ resource, shown, secretPaths }) => {
        const before = own(state);
        const isStored = Object.keys(before).length > 0;
        const read = isStored ? await resource.read(request.getId(), before) : await resource.import(request.getId());
        const response = new proto.ReadResponse();
        if (read === undefined) return response;
        response.setId(read.id).setProperties(encode(read.state, secretPaths));
        // Without inputs the engine keeps those that it has.
        return read.inputs === undefined ? response : response.setInputs(encode(shown(read.inputs), secretPaths));
      });
    },

    update: (request: proto.UpdateRequest): Promise<proto.UpdateResponse> => {
      const [olds, news] = [decode(request.getOlds()), decode(request.getNews())];
      return about("update", request.getUrn(), [olds, news], async ({ resource, given, expected, secretPaths }) => {
        const declared = given(own(news));
        const state = request.getPreview()
          ? expected(declared, own(olds))
          : await resource.update(request.getId(), own(olds), declared);
        return new proto.UpdateResponse().setProperties(encode(state, secretPaths));
      });
    },

    delete: (request: proto.DeleteRequest): Promise<Empty> => {
      const stored = decode(request.getProperties());
      return about("delete", request.getUrn(), [stored], async ({ resource }) => {
        await resource.delete(request.getId(), own(stored));
        return new Empty();
      });
    },
  };
}

/** Where a value from a secret stands too: a member and its address in the outputs, and a user's username. */
function derived(path: Path): Path[] {
  const [first, second, ...rest] = path;
  if (first === "members" && second !== undefined) return [path, [first, canonicalEmail(second), ...rest]];
  if (first === "members") return [path, ["ids"], ["adopted"]];
  return first === "email" ? [path, ["username"]] : [path];
}

/** Without the keys of the dynamic host, in which a resource may have been stored before. */
function own(decoded: Decoded | undefined): Props {
  const { __provider: _text, __declared: _declared, ...others } = decoded?.props ?? {};
  return others;
}

/** `urn:pulumi:stack::project::parent$type::name` */
function typeOf(urn: string): string {
  return urn.split("::")[2]?.split("$").at(-1) ?? "";
}

function nameOf(urn: string): string {
  return urn.split("::").slice(3).join("::");
}
