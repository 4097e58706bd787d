import { InvokeResponse, type InvokeRequest } from "@pulumi/pulumi/proto/provider_pb";
import { WallarooError } from "../api/errors";
import { CURRENT_USER, SEATS, USER, USERS, type Question } from "../lookups";
import type { Props } from "../resource/resource";
import type { Session } from "../resource/session";
import { READ_AGE_MS } from "../user/directory";
import { asServiceError } from "./failures";
import { decode, encode } from "./values";

/** Answers a lookup. A function answers an object always: a list stands under the property of its question. */
export async function invoke(session: Session, request: InvokeRequest): Promise<InvokeResponse> {
  const { props, secrets } = decode(request.getArgs());
  try {
    const answer = await answerOf(session, request.getTok(), props);
    // The answer to a secret question shows what was asked.
    return new InvokeResponse().setReturn(encode(answer, secrets.length > 0 ? [["*"]] : []));
  } catch (error) {
    throw asServiceError(error, "look up", request.getTok());
  }
}

function answerOf(session: Session, token: string, args: Props): Promise<Props> {
  if (token === USER.token) return ask(session, USER, args);
  if (token === USERS.token) return ask(session, USERS, args);
  if (token === CURRENT_USER.token) return ask(session, CURRENT_USER, args);
  if (token === SEATS.token) return ask(session, SEATS, args);
  throw unknownToken("look up", token);
}

async function ask<A, T>(session: Session, question: Question<A, T>, args: Props): Promise<Props> {
  const { check, find, property } = question;
  const given = args as A;
  check(given);
  const answer = await find(session.platform(), given, READ_AGE_MS);
  return property === undefined ? (answer as Props) : { [property]: answer };
}

/** For a type or function that this release does not have. */
export function unknownToken(operation: string, token: string): WallarooError {
  return new WallarooError({
    kind: "badInput",
    operation,
    who: token,
    words: "this plugin has no type or function of that name",
    next: "Check the spelling, and that the plugin is as new as the SDK.",
  });
}
