import * as grpc from "@grpc/grpc-js";
import { ErrorResourceInitFailed } from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { Any } from "google-protobuf/google/protobuf/any_pb";
import { ownFailure } from "../resource/failures";
import { PartialFailure } from "../user/partial-failure";
import { encode, type Path } from "./values";

/** A failure as the protocol carries it. */
export class ServiceError extends Error {
  override readonly name = "ServiceError";
  readonly code = grpc.status.UNKNOWN;
  readonly metadata = new grpc.Metadata();

  /** What is printed. */
  get details(): string {
    return this.message;
  }
}

/** Any failure as the protocol carries it: one of a part together with the state that the engine has to store. */
export function asServiceError(
  error: unknown,
  operation: string,
  who: string,
  secrets: readonly Path[] = [],
): ServiceError {
  if (error instanceof ServiceError) return error;
  const failure = ownFailure(error, operation, who);
  // Of a failed delete the engine stores nothing.
  if (!(failure instanceof PartialFailure) || operation === "delete") return new ServiceError(failure.message);
  const reasons = failure.message.split("\n");
  // The engine prints the reasons; all of this travels in one header.
  const answer = new ServiceError(reasons[0]);
  const detail = new ErrorResourceInitFailed()
    .setId(failure.id)
    .setProperties(encode({ ...failure.state }, secrets))
    .setReasonsList(reasons);
  const packed = new Any();
  packed.pack(detail.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
  const status = new Status().setCode(answer.code).setMessage(answer.message);
  status.addDetails(packed);
  // Where the protocol's other libraries look for details (grpc-js has no way of its own).
  answer.metadata.add("grpc-status-details-bin", Buffer.from(status.serializeBinary()));
  return answer;
}
