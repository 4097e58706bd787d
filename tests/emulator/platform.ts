import type { ApiUser } from "../../provider/api/wire";
import type { Backend } from "./backend";
import { MemoryBackend } from "./memory";
import { Misbehaviour, type ApiCallName, type CallName, type MisbehaviourOptions } from "./misbehaviour";
import type { ReleaseOptions } from "./routes";
import { account, plant, type Seed } from "./seeds";
import { PlatformServer, type LoggedRequest } from "./server";
import { WORKSPACE_DEFAULTS } from "./workspace-routes";
import type { Workspace, WorkspaceRole } from "./workspaces";

export interface PlatformOptions extends Partial<ReleaseOptions> {
  /** Default 0: any free one. */
  port?: number;
  seed?: Seed;
  /** False leaves the operator account out, so that a guide's accounts are exactly the guide's. Default true. */
  operator?: boolean;
  /** Access tokens carry no `sub`, `email` and `preferred_username`. Default false. */
  lightweightTokens?: boolean;
  /** Life of an access token in seconds. Default 60. */
  tokenLifetime?: number;
  /** The same for one client each, by its name. */
  clientTokenLifetimes?: Record<string, number>;
  /** Seconds between two questions of a device that waits for its user. Default 5. */
  deviceInterval?: number;
  /** Delay of every answer in milliseconds. Default 0. */
  latencyMs?: number;
  /** The platform's clock, in milliseconds since the epoch: tokens end by it, and every good answer has it as its `Date`. */
  now?: () => number;
  /** Another one in memory, whose accounts, workspaces and log this one begins with. No account is signed in on it. */
  copyOf?: Platform;
}

/** What can be changed while a platform runs. */
export type Changes = Partial<ReleaseOptions> & Pick<PlatformOptions, "lightweightTokens">;

/** Whether a call of the API is one of {@link Platform.writes}; a new one has to say so, as tests rely on it. */
const IS_WRITE: Partial<Record<CallName, boolean>> = {
  ...{ query: false, invite: true, activate: true, deactivate: true, edit: true, graphql: false },
  ...{ "workspaces/create": true, "workspaces/add_user": true, "workspaces/remove_user": true },
  ...{ "workspaces/list": false, "workspaces/list_users": false, "workspaces/validate": false },
} satisfies Record<ApiCallName, boolean>;

/** The parts of a write's body that tests compare. */
interface WrittenBody {
  email?: string;
  user_id?: string;
  user_type?: string;
  workspace_id?: number;
  workspace_name?: string;
}

/** An emulated platform that runs: its address, its request log, and a hand in what goes on behind its API. */
export class Platform {
  constructor(
    readonly url: string,
    private readonly server: PlatformServer,
    private readonly backend: Backend,
  ) {}

  get log(): LoggedRequest[] {
    return this.server.log;
  }

  get maxConcurrent(): number {
    return this.server.maxConcurrent;
  }

  set latencyMs(value: number) {
    this.server.latencyMs = value;
  }

  /** Changes how the platform behaves from the next request on. */
  async change({ lightweightTokens, ...options }: Changes): Promise<void> {
    Object.assign(this.server.options, options);
    if (lightweightTokens !== undefined) await this.backend.setLightweightTokens(lightweightTokens);
  }

  /** The logged requests of one kind. */
  requests(call: CallName): LoggedRequest[] {
    return this.server.log.filter((entry) => entry.call === call);
  }

  /** The logged requests that change something: invites, activations, deactivations, edits, and those of workspaces. */
  writes(): LoggedRequest[] {
    return this.server.log.filter(({ call }) => IS_WRITE[call] === true);
  }

  /**
   * {@link writes} as lines for a test to compare, in the order in which they came: `deactivate ann@example.com`,
   * `workspaces/add_user churn ann@example.com owner` (an id if the request named no address, the role if it named one).
   */
  written(): string[] {
    return this.writes().map(({ call, body }) => {
      const { email, user_id, user_type, workspace_id = 0, workspace_name } = body as WrittenBody;
      const workspace = workspace_name ?? this.server.workspaces.all.get(workspace_id)?.name;
      return [call, workspace, email ?? user_id, user_type].filter((part) => part !== undefined).join(" ");
    });
  }

  /**
   * Puts a workspace in behind the API, with members by address. `models` and `pipelines` are how many it holds. Returns
   * its id. Raises if the name is taken.
   */
  async addWorkspace(
    name: string,
    {
      owners = [],
      collaborators = [],
      models = 0,
      pipelines = 0,
      ...more
    }: { owners?: string[]; collaborators?: string[]; models?: number; pipelines?: number; archived?: boolean } = {},
  ): Promise<number> {
    const [creator] = owners;
    const createdBy = creator === undefined ? null : { id: await this.#idOf(creator), email: creator };
    const made = this.server.workspaces.add(name, createdBy);
    if (made === undefined) throw new Error(`the name ${name} is taken`);
    const contents = (count: number) => this.server.workspaces.contents(count);
    Object.assign(made, more, { models: contents(models), pipelines: contents(pipelines) });
    for (const email of owners) await this.setMember(name, email, "OWNER");
    for (const email of collaborators) await this.setMember(name, email, "COLLABORATOR");
    return made.id;
  }

  /** Puts an account's own default workspace in, which names it as its owner. Returns its id. */
  async addDefaultWorkspace(email: string): Promise<number> {
    const account = { id: await this.#idOf(email), email };
    const made = this.server.workspaces.addDefault(account, account);
    if (made === undefined) throw new Error(`the name of the default workspace of ${email} is taken`);
    return made.id;
  }

  /** Gives an account a role in a workspace behind the API; undefined takes it out. Null is a member without a role. */
  async setMember(workspace: string, email: string, role: WorkspaceRole | undefined): Promise<void> {
    const { members } = this.workspace(workspace);
    const id = await this.#idOf(email);
    if (role === undefined) members.delete(id);
    else members.set(id, role);
  }

  /** A workspace as the platform stores it. Raises for a name that no workspace has. */
  workspace(name: string): Workspace {
    const found = this.server.workspaces.byName(name);
    if (found === undefined) throw new Error(`no workspace on the platform has the name ${name}`);
    return found;
  }

  /** Who is in a workspace, and as what: by address, by username for an account without one, by id for one that is gone. */
  async membersOf(workspace: string): Promise<Record<string, WorkspaceRole>> {
    const { members } = this.workspace(workspace);
    const accounts = await this.backend.findByIds([...members.keys()]);
    const nameOf = (id: string) => {
      const account = accounts.find((one) => one.id === id);
      return account?.email ?? account?.username ?? id;
    };
    return Object.fromEntries([...members].map(([id, role]) => [nameOf(id), role]));
  }

  /** Takes over what {@link PlatformOptions.copyOf} names. Raises for a platform that is not in memory. */
  takeOver({ backend, server }: Platform): void {
    const isInMemory = this.backend instanceof MemoryBackend && backend instanceof MemoryBackend;
    if (!isInMemory) throw new Error("only a platform in memory can be copied");
    for (const account of backend.accounts.values()) this.backend.put(structuredClone(account));
    this.server.workspaces.takeOver(server.workspaces);
    this.server.log.push(...server.log);
  }

  clearLog(): void {
    this.server.log.length = 0;
    this.server.maxConcurrent = 0;
  }

  misbehave(options: MisbehaviourOptions): Misbehaviour {
    const fault = new Misbehaviour(options);
    this.server.faults.push(fault);
    return fault;
  }

  /** Ends all misbehaviour. */
  behave(): void {
    this.server.faults.length = 0;
  }

  people(): Promise<ApiUser[]> {
    return this.backend.list();
  }

  /** By address or username, with its roles. */
  findByEmail(email: string): Promise<ApiUser | undefined> {
    return this.backend.findWithRoles(email);
  }

  /**
   * Puts an account in behind the API. Returns the id. In memory an address may be another account's already, when
   * `username` is another one; it may be empty, and `id` can be chosen.
   */
  async addUser(fields: Partial<ApiUser> & { email: string; admin?: boolean; password?: string }): Promise<string> {
    const { admin = false, password = "a-password", email, username = email, enabled = true, ...others } = fields;
    if (this.backend instanceof MemoryBackend) {
      if (username === "") throw new Error("an account without an address must have a username");
      const user = { username, email, enabled, ...others };
      const made = account(user, password, admin ? ["admin"] : []);
      this.backend.put(made);
      return made.user.id;
    }
    if (username !== email || Object.keys(others).length > 0) throw new Error("only an account in memory can be so");
    const { id } = await this.backend.create({ email, password, roles: admin ? ["admin"] : [] });
    if (!enabled) await this.backend.patch(id, { enabled });
    return id;
  }

  /** Puts many accounts in at once, without passwords; `username` is the address unless given. Returns their ids in order. */
  addUsers(users: { email: string; username?: string; admin?: boolean }[]): Promise<string[]> {
    return this.backend.createAll(
      users.map(({ email, username = email, admin = false }) => ({ email, username, roles: admin ? ["admin"] : [] })),
    );
  }

  async setEnabled(email: string, enabled: boolean): Promise<void> {
    await this.backend.patch(await this.#idOf(email), { enabled });
  }

  async rename(email: string, names: { firstName?: string; lastName?: string }): Promise<void> {
    await this.backend.patch(await this.#idOf(email), names);
  }

  async verifyEmail(email: string): Promise<void> {
    await this.backend.patch(await this.#idOf(email), { emailVerified: true });
  }

  async makeAdmin(email: string, admin: boolean): Promise<void> {
    await this.backend.patch(await this.#idOf(email), { admin });
  }

  /** The account is gone, as after a restored backup. */
  async remove(email: string): Promise<void> {
    await this.backend.remove(await this.#idOf(email));
  }

  /** The same address with another id. Returns the new id. */
  async recreate(email: string): Promise<string> {
    await this.remove(email);
    return this.addUser({ email });
  }

  /** Sets an own password and signs in with it, as after an accepted invitation. */
  async login(email: string, password = "my-own-password"): Promise<void> {
    await this.backend.setPassword(await this.#idOf(email), password);
    const form = { grant_type: "password", client_id: "sdk-client", username: email, password };
    const { status } = await this.backend.token(form, undefined);
    if (status !== 200) throw new Error(`${email} can't sign in: HTTP ${status}`);
  }

  revokeSessions(): Promise<void> {
    return this.backend.revokeSessions();
  }

  /** Raises if `workspaces/validate` was called, which runs migrations on a real platform; what {@link clearLog} forgot does not count. */
  async close(): Promise<void> {
    const isMigrated = this.requests("workspaces/validate").length > 0;
    await this.server.close();
    await this.backend.close();
    if (isMigrated) throw new Error("workspaces/validate was called");
  }

  async #idOf(email: string): Promise<string> {
    const user = await this.backend.findByEmail(email);
    if (user === undefined) throw new Error(`nobody on the platform has the address ${email}`);
    return user.id;
  }
}

/** Starts an emulated platform on this machine. Raises when the port is taken. */
export async function startPlatform(options: PlatformOptions = {}, backend?: Backend): Promise<Platform> {
  let url = "";
  const store =
    backend ??
    new MemoryBackend({
      tokenLifetime: options.tokenLifetime ?? 60,
      clientTokenLifetimes: options.clientTokenLifetimes ?? {},
      deviceInterval: options.deviceInterval ?? 5,
      now: options.now ?? Date.now,
      issuer: () => `${url}/auth/realms/master`,
    });
  if (store instanceof MemoryBackend && options.copyOf === undefined)
    plant(store, options.seed, options.operator ?? true);
  if (options.lightweightTokens !== undefined) await store.setLightweightTokens(options.lightweightTokens);
  const now = options.now ?? Date.now;
  const release: ReleaseOptions = {
    ...WORKSPACE_DEFAULTS,
    ...options,
    release: options.release ?? (options.seed === "guide-2022" ? "2022" : "2024"),
    inviteAnswersId: options.inviteAnswersId ?? "uuid",
    duplicateStatus: options.duplicateStatus ?? 409,
    unknownEmailStatus: options.unknownEmailStatus ?? 404,
    unknownId: options.unknownId ?? "null",
    roles: options.roles ?? "optional",
    seatLimit: options.seatLimit,
    seenAfterMs: options.seenAfterMs ?? 0,
    ignoresDeactivate: options.ignoresDeactivate ?? [],
    passwordPolicy: options.passwordPolicy ?? "none",
  };
  const server = new PlatformServer(store, release, now);
  server.latencyMs = options.latencyMs ?? 0;
  url = await server.listen(options.port ?? 0);
  const platform = new Platform(url, server, store);
  if (options.copyOf !== undefined) platform.takeOver(options.copyOf);
  return platform;
}
