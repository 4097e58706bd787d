import { buildSchema, graphql, GraphQLScalarType, Kind, type GraphQLSchema } from "graphql";
import { failure, type Bearer, type RouteAnswer } from "./backend";
import type { WorkspaceApi } from "./workspace-routes";
import { roleOf, type Workspace, type Workspaces } from "./workspaces";

/**
 * As much of the platform's GraphQL (Hasura) as the workspaces of the vendor's client need. Its client asks for the
 * schema first and checks its documents against it, so that this one is complete for them.
 */
const SDL = `
  scalar bigint
  scalar timestamptz
  enum order_by { asc desc }

  input bigint_comparison_exp { _eq: bigint, _in: [bigint!] }
  input String_comparison_exp { _eq: String, _in: [String!] }
  input workspace_bool_exp { _and: [workspace_bool_exp!], id: bigint_comparison_exp, name: String_comparison_exp }
  input workspace_users_bool_exp {
    _and: [workspace_users_bool_exp!]
    user_id: String_comparison_exp
    user_type: String_comparison_exp
    workspace_id: bigint_comparison_exp
  }
  input user_default_workspace_bool_exp { _and: [user_default_workspace_bool_exp!], user_id: String_comparison_exp }
  input workspace_models_order_by { updated_at: order_by }

  type models { id: bigint! }
  type workspace_models { id: bigint!, models: [models!]! }
  type pipeline { id: bigint! }
  type workspace_users { id: bigint!, user_id: String!, user_type: String, workspace_id: bigint! }
  type user_default_workspace { user_id: String!, workspace: workspace! }
  type workspace {
    id: bigint!
    name: String!
    created_at: timestamptz!
    created_by: String
    archived: Boolean!
    models(order_by: [workspace_models_order_by!]): [workspace_models!]!
    pipelines: [pipeline!]!
    users: [workspace_users!]!
  }
  type query_root {
    workspace(where: workspace_bool_exp): [workspace!]!
    workspace_by_pk(id: bigint!): workspace
    workspace_users(where: workspace_users_bool_exp): [workspace_users!]!
    user_default_workspace(where: user_default_workspace_bool_exp): [user_default_workspace!]!
  }

  enum workspace_constraint { workspace_name_key }
  enum workspace_update_column { archived }
  input workspace_on_conflict { constraint: workspace_constraint!, update_columns: [workspace_update_column!]! }
  enum workspace_users_constraint { workspace_users_workspace_id_user_id_key }
  enum workspace_users_update_column { user_type }
  input workspace_users_on_conflict {
    constraint: workspace_users_constraint!
    update_columns: [workspace_users_update_column!]!
  }
  input workspace_users_insert_input { user_id: String, user_type: String, workspace_id: bigint }
  input workspace_users_arr_rel_insert_input { data: [workspace_users_insert_input!]! }
  input user_default_workspace_insert_input { user_id: String }
  input user_default_workspace_arr_rel_insert_input { data: [user_default_workspace_insert_input!]! }
  input workspace_insert_input {
    name: String
    owner_id: String
    created_by: String
    archived: Boolean
    users: workspace_users_arr_rel_insert_input
    user_default_workspaces: user_default_workspace_arr_rel_insert_input
  }
  type workspace_users_mutation_response { affected_rows: Int! }
  type mutation_root {
    insert_workspace_one(object: workspace_insert_input!, on_conflict: workspace_on_conflict): workspace
    insert_workspace_users_one(
      object: workspace_users_insert_input!
      on_conflict: workspace_users_on_conflict
    ): workspace_users
    delete_workspace_users(where: workspace_users_bool_exp!): workspace_users_mutation_response
  }
  schema { query: query_root, mutation: mutation_root }
`;

interface Where {
  _and?: Where[];
  [column: string]: Where[] | { _eq?: unknown; _in?: unknown[] } | undefined;
}

interface UserInsert {
  user_id?: string;
  user_type?: string | null;
  workspace_id?: number;
}

interface WorkspaceInsert {
  name?: string;
  created_by?: string;
  archived?: boolean;
  users?: { data: UserInsert[] };
  user_default_workspaces?: { data: { user_id?: string }[] };
}

/** The platform's GraphQL endpoint, over the same workspaces as the others and with the same rights. */
export class WorkspaceGraph {
  readonly #schema = schema();

  constructor(
    private readonly workspaces: Workspaces,
    private readonly api: Pick<WorkspaceApi, "isSeen" | "isManaged" | "shown">,
  ) {}

  /** Answers one request whose bearer is known. A document that fails is answered with 200, as Hasura does. */
  async answer(body: unknown, bearer: Bearer): Promise<RouteAnswer> {
    if (!bearer.isAccess) return failure(403, "Forbidden");
    const { query, variables, operationName } = (body ?? {}) as Record<string, unknown>;
    if (typeof query !== "string") return failure(400, "query is required");
    const result = await graphql({
      schema: this.#schema,
      source: query,
      rootValue: this.#rootOf(bearer),
      variableValues: variables as Record<string, unknown> | null,
      operationName: operationName as string | null,
    });
    return { status: 200, body: result };
  }

  #rootOf(bearer: Bearer) {
    const seen = () => [...this.workspaces.all.values()].filter((workspace) => this.api.isSeen(workspace, bearer));
    const workspacesOf = (where: Where | undefined) =>
      seen()
        .map(this.#row)
        .filter((row) => isHit(row, where));
    return {
      workspace: ({ where }: { where?: Where }) => workspacesOf(where),
      workspace_by_pk: ({ id }: { id: number }) => workspacesOf({ id: { _eq: id } })[0] ?? null,
      workspace_users: ({ where }: { where?: Where }) =>
        seen()
          .flatMap(usersOf)
          .filter((row) => isHit(row, where)),
      user_default_workspace: ({ where }: { where?: Where }) =>
        [...this.workspaces.defaults]
          .map(([user_id, id]) => ({ user_id, workspace: workspacesOf({ id: { _eq: id } })[0] }))
          .filter((row) => row.workspace !== undefined && isHit(row, where)),
      insert_workspace_one: ({ object, on_conflict }: { object: WorkspaceInsert; on_conflict?: object }) =>
        this.#insert(object, on_conflict !== undefined),
      insert_workspace_users_one: ({ object, on_conflict }: { object: UserInsert; on_conflict?: Conflict }) =>
        this.#insertUser(object, on_conflict, bearer),
      delete_workspace_users: ({ where }: { where: Where }) => this.#deleteUsers(where, bearer),
    };
  }

  /** Null if the name is taken and the document says to leave it at that. */
  #insert({ name, created_by, archived = false, users, ...defaults }: WorkspaceInsert, isConflictKnown: boolean) {
    if (name === undefined) throw new Error("Not-NULL violation: name");
    const made = this.workspaces.add(name, created_by === undefined ? null : { id: created_by, email: created_by });
    if (made === undefined && isConflictKnown) return null;
    if (made === undefined) throw uniqueness("workspace_name_key");
    made.archived = archived;
    for (const { user_id, user_type } of users?.data ?? []) made.members.set(user_id ?? "", storedRole(user_type));
    for (const { user_id } of defaults.user_default_workspaces?.data ?? [])
      this.workspaces.defaults.set(user_id ?? "", made.id);
    return this.#row(made);
  }

  /** Changes the role of a member if the document says so; what an account may manage decides, as elsewhere. */
  #insertUser(
    { user_id = "", user_type, workspace_id = 0 }: UserInsert,
    conflict: Conflict | undefined,
    bearer: Bearer,
  ) {
    const workspace = this.workspaces.all.get(workspace_id);
    if (workspace === undefined || !this.api.isManaged(workspace, bearer)) throw new Error("check constraint failed");
    const isMember = workspace.members.has(user_id);
    if (isMember && conflict === undefined) throw uniqueness("workspace_users_workspace_id_user_id_key");
    if (isMember && conflict?.update_columns.length === 0) return null;
    workspace.members.set(user_id, storedRole(user_type));
    return usersOf(workspace).find((row) => row.user_id === user_id);
  }

  /** Removes anyone: it is the vendor's client that keeps the last user. */
  #deleteUsers(where: Where, bearer: Bearer): { affected_rows: number } {
    let affected_rows = 0;
    for (const workspace of this.workspaces.all.values()) {
      if (!this.api.isManaged(workspace, bearer)) continue;
      for (const row of usersOf(workspace).filter((one) => isHit(one, where)))
        affected_rows += Number(workspace.members.delete(row.user_id));
    }
    return { affected_rows };
  }

  readonly #row = (workspace: Workspace) => ({
    ...this.api.shown(workspace),
    // One version per model.
    models: workspace.models.map((id) => ({ id, models: [{ id }] })),
    pipelines: workspace.pipelines.map((id) => ({ id })),
    users: usersOf(workspace),
  });
}

interface Conflict {
  update_columns: string[];
}

function usersOf({ id: workspace_id, members }: Workspace) {
  return [...members].map(([user_id, user_type], index) => ({
    ...{ id: workspace_id * 100_000 + index, user_id, user_type, workspace_id },
  }));
}

function storedRole(text: string | null | undefined) {
  const role = roleOf(text ?? "");
  if (role === undefined && typeof text === "string") throw new Error(`Foreign key violation: user_type ${text}`);
  return role ?? null;
}

/** In Hasura's words. */
function uniqueness(constraint: string): Error {
  return new Error(`Uniqueness violation. duplicate key value violates unique constraint "${constraint}"`);
}

function isHit(row: Record<string, unknown>, where: Where | undefined): boolean {
  const { _and = [], ...columns } = where ?? {};
  const isColumnHit = ([column, test]: [string, { _eq?: unknown; _in?: unknown[] }]) =>
    (test._eq === undefined || row[column] === test._eq) && (test._in?.includes(row[column]) ?? true);
  return (
    _and.every((other) => isHit(row, other)) &&
    (Object.entries(columns) as Parameters<typeof isColumnHit>[0][]).every(isColumnHit)
  );
}

function schema(): GraphQLSchema {
  const built = buildSchema(SDL);
  const type = built.getType("bigint");
  // A number, or its digits, in a document and in its variables.
  if (type instanceof GraphQLScalarType) {
    type.parseValue = (value) => readBigint(value);
    type.parseLiteral = (node) =>
      readBigint(node.kind === Kind.INT || node.kind === Kind.STRING ? node.value : undefined);
  }
  return built;
}

function readBigint(value: unknown): number {
  const number = typeof value === "number" ? value : typeof value === "string" ? Number(value) : NaN;
  if (!Number.isSafeInteger(number)) throw new TypeError("a bigint is a whole number");
  return number;
}
