import { expect } from "chai";
import type { Platform, PlatformOptions } from "../emulator/platform";
import { grant, post } from "./callers";

/** The platform's GraphQL as far as its workspaces go, over every identity store. */
export function graphqlContract(start: (options?: PlatformOptions) => Promise<Platform>): void {
  let platform: Platform;
  const [ann, bob] = ["ann@example.com", "bob@example.com"];
  let id: number;
  afterEach(() => platform.close());

  /** A platform with the workspace `churn` of ann and bob. */
  async function begin() {
    platform = await start();
    for (const email of [ann, bob]) await platform.addUser({ email, password: "pw" });
    id = await platform.addWorkspace("churn", { owners: [ann], collaborators: [bob], models: 2, pipelines: 1 });
    await platform.addWorkspace("fraud", { owners: [ann] });
  }
  async function as(username: string, password = "pw") {
    const { body } = await grant(platform, { grant_type: "password", username, password });
    const headers = { authorization: `Bearer ${body["access_token"] as string}` };
    return async (query: string, variables: object = {}) => {
      const answer = await post(`${platform.url}/v1/graphql`, { query, variables }, headers);
      expect(answer.status).to.equal(200);
      return answer.body as { data?: Record<string, unknown>; errors?: { message: string }[] };
    };
  }

  it("shows workspaces, what is in them and who, to members and administrators alone", async () => {
    await begin();
    const list = "{ workspace { id name models { models { id } } pipelines { id } users { user_type } } }";
    const names = async (ask: Awaited<ReturnType<typeof as>>) =>
      ((await ask(list)).data?.["workspace"] as { name: string }[]).map(({ name }) => name);
    expect(await names(await as("admin", "admin"))).to.have.members(["churn", "fraud"]);
    const ask = await as(bob);
    expect(await names(ask)).to.deep.equal(["churn"]);
    const byId = `query ($id: bigint!) { workspace_by_pk(id: $id) { name users { user_type } models { id } } }`;
    const churn = (await ask(byId, { id })).data?.["workspace_by_pk"] as { users: object[]; models: object[] };
    expect(churn.users).to.deep.equal([{ user_type: "OWNER" }, { user_type: "COLLABORATOR" }]);
    expect(churn.models).to.have.length(2);
    expect((await ask(byId, { id: id + 1 })).data).to.deep.equal({ workspace_by_pk: null });
    expect((await ask('{ workspace(where: { name: { _eq: "churn" } }) { nothing } }')).errors?.[0]?.message).to.match(
      /Cannot query field "nothing" on type "workspace"/,
    );
    expect((await ask("{ __schema { queryType { name } } }")).data).to.deep.equal({
      __schema: { queryType: { name: "query_root" } },
    });
  });

  const insert = `mutation ($user: String!, $type: String!, $id: bigint) {
    insert_workspace_users_one(
      object: { user_id: $user, user_type: $type, workspace_id: $id }
      on_conflict: { constraint: workspace_users_workspace_id_user_id_key, update_columns: user_type }
    ) { id }
  }`;
  const remove = `mutation ($user: String!, $id: bigint!) {
    delete_workspace_users(where: { user_id: { _eq: $user }, _and: { workspace_id: { _eq: $id } } }) { affected_rows }
  }`;

  it("changes and removes members for owners and administrators alone", async () => {
    await begin();
    const user = (await platform.findByEmail(bob))?.id;
    const self = await as(bob);
    expect((await self(insert, { user, type: "OWNER", id })).errors).to.have.length(1);
    expect((await self(remove, { user, id })).data).to.deep.equal({ delete_workspace_users: { affected_rows: 0 } });
    expect((await platform.membersOf("churn"))[bob]).to.equal("COLLABORATOR");
    const owner = await as(ann);
    expect((await owner(insert, { user, type: "OWNER", id })).errors).to.equal(undefined);
    expect(await platform.membersOf("churn")).to.deep.equal({ [ann]: "OWNER", [bob]: "OWNER" });
    for (const affected_rows of [1, 0])
      expect((await owner(remove, { user, id })).data).to.deep.equal({ delete_workspace_users: { affected_rows } });
    expect(await platform.membersOf("churn")).to.deep.equal({ [ann]: "OWNER" });
    expect(await platform.membersOf("fraud")).to.deep.equal({ [ann]: "OWNER" });
  });

  it("makes a workspace once per name", async () => {
    await begin();
    const ask = await as(bob);
    const make = (more: string) =>
      ask(`mutation { insert_workspace_one(object: { name: "new", archived: false } ${more}) { name } }`);
    expect((await make("")).data).to.deep.equal({ insert_workspace_one: { name: "new" } });
    expect((await make("")).errors?.[0]?.message).to.match(/duplicate key value .*workspace_name_key/);
    const conflict = "on_conflict: { constraint: workspace_name_key, update_columns: [] }";
    expect((await make(`, ${conflict}`)).data).to.deep.equal({ insert_workspace_one: null });
  });

  it("refuses a request without a good token", async () => {
    await begin();
    expect((await post(`${platform.url}/v1/graphql`, { query: "{ workspace { id } }" })).status).to.equal(401);
  });
}
