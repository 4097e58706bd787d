import { InvokeResponse, ListResponse, type InvokeRequest, type ListRequest } from "@pulumi/pulumi/proto/provider_pb";
import { WallarooError, refusal } from "../api/errors";
import { CURRENT_USER, SEATS, USER, USERS, type Question, type UserInfo } from "../lookups";
import type { Props } from "../resource/resource";
import type { Session } from "../resource/session";
import { READ_AGE_MS } from "../user/directory";
import { WORKSPACE, WORKSPACES } from "../workspace-lookups";
import { asServiceError } from "./failures";
import { decode, encode } from "./values";

/** Answers a lookup. A function answers an object always: a list stands under the property of its question. */
export async function invoke(session: Session, request: InvokeRequest): Promise<InvokeResponse> {
  const { props, secrets } = decode(request.getArgs());
  try {
    const question = QUESTIONS.find(({ token }) => token === request.getTok());
    if (question === undefined) throw unknownToken("look up", request.getTok());
    const answer = await ask(session, question, props);
    // The answer to a secret question shows what was asked.
    return new InvokeResponse().setReturn(encode(answer, secrets.length > 0 ? [["*"]] : []));
  } catch (error) {
    throw asServiceError(session.worded(error), "look up", request.getTok());
  }
}

const QUESTIONS: readonly Question<never, unknown>[] = [USER, USERS, CURRENT_USER, SEATS, WORKSPACE, WORKSPACES];

async function ask(session: Session, question: Question<never, unknown>, args: Props): Promise<Props> {
  const { check, find, property } = question;
  // A condition that is null is one that the program left open.
  const given = Object.fromEntries(Object.entries(args).filter(([, value]) => value !== null)) as never;
  check?.(given);
  const answer = await find(session.platform(), given, READ_AGE_MS);
  return property === undefined ? (answer as Props) : { [property]: answer };
}

/** The accounts that can be imported: id, and address as name. A page begins after the username that ended the last. */
export async function list(session: Session, request: ListRequest): Promise<ListResponse[]> {
  const type = request.getToken();
  try {
    if (type !== "wallaroo:index:User") {
      const next = "`wallaroo:index:getWorkspaces` answers memberships, and a team can't be imported.";
      throw refusal("list", type, "only wallaroo:index:User can be listed", next);
    }
    const { props } = decode(request.getQuery());
    if (!session.isKnown() || session.isUnknown(props)) {
      return [new ListResponse().setComputed(new ListResponse.Computed())];
    }
    const { users } = (await ask(session, USERS, props)) as { users: UserInfo[] };
    const before = request.getContinuationToken();
    const rest = users.filter(({ email, username }) => email !== undefined && username > before);
    const most = [request.getLimit(), request.getPageSize()].filter((count) => count > 0);
    const page = rest.slice(0, Math.min(...most, rest.length));
    const answers = page.map(({ id, email = "" }) =>
      new ListResponse().setResult(new ListResponse.Result().setId(id).setName(email)),
    );
    const last = page.at(-1);
    if (last === undefined || last === rest.at(-1)) return answers;
    const next = new ListResponse.Continuation().setContinuationToken(last.username);
    return [...answers, new ListResponse().setContinuation(next)];
  } catch (error) {
    throw asServiceError(session.worded(error), "list", type);
  }
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
