import * as pulumi from "@pulumi/pulumi";
import { sentence } from "../resource/declared";
import { Lifetime } from "../resource/lifetime";
import type { Declared, Props, Resource } from "../resource/resource";
import { Session } from "../resource/session";
import { teamResource } from "../resource/team";
import { userResource } from "../resource/user";
import { workspaceMemberResource } from "../resource/workspace-member";
import { unnamed } from "../user/check";
import { delivered, engineLog } from "./diagnostics";
import { asEngineError } from "./failures";
import { DECLARED_KEY, EXPLICIT_KEY, PROVIDER_KEY, REFUSED_KEY } from "./stored";

/**
 * The providers of one process of the engine's dynamic host, which share one session. `close` gives up what the process
 * holds on its machine.
 *
 * @param engineAddress host and port; undefined outside of an engine's process
 * @param end called when the engine is gone and nothing is under way
 */
export function createProviders(
  engineAddress?: string,
  end: () => void = () => undefined,
): Record<"user" | "team" | "workspaceMember", DynamicProvider> & { close: () => void } {
  const isUnknownMark = (value: unknown) => value === pulumi.runtime.unknownValue;
  const engine = new Lifetime(engineAddress, end);
  const session = new Session({ log: engineLog, isUnknownMark, engine });
  return {
    user: new DynamicProvider(session, userResource(session), engine),
    team: new DynamicProvider(session, teamResource(session), engine),
    workspaceMember: new DynamicProvider(session, workspaceMemberResource(session), engine),
    close: () => session.close(),
  };
}

/** A resource as the engine's dynamic host calls it, whose own keys are taken out and put back. */
export class DynamicProvider implements pulumi.dynamic.ResourceProvider {
  constructor(
    private readonly session: Session,
    private readonly resource: Resource,
    private readonly engine: Pick<Lifetime, "during">,
  ) {}

  // Not async: the engine uses the object before the promise of an async configure has ended.
  configure({ config }: pulumi.dynamic.ConfigureRequest): Promise<void> {
    const isExplicit = config.get(EXPLICIT_KEY) !== undefined;
    this.session.configure({ get: (key) => config.get(key), isExplicit });
    return Promise.resolve();
  }

  check(olds: Props, news: Props): Promise<pulumi.dynamic.CheckResult> {
    const declared = news[DECLARED_KEY] as Declared | undefined;
    if (declared?.failure !== undefined) {
      return Promise.resolve({ inputs: news, failures: [sentence(unnamed(declared.failure))] });
    }
    return this.#bounded("check", news, undefined, async () => {
      const { inputs, failures, refusals } = await this.resource.check(own(olds), own(news), declared);
      const all = { ...inputs, [PROVIDER_KEY]: news[PROVIDER_KEY] };
      if (declared?.gathers !== true || refusals === undefined) return { inputs: all, failures };
      return { inputs: { ...all, [REFUSED_KEY]: refusals }, failures: [] };
    });
  }

  diff(id: pulumi.ID, olds: Props, news: Props): Promise<pulumi.dynamic.DiffResult> {
    return this.#bounded("compare", news, id, async () => {
      const { changes, replaces } = await this.resource.diff(id, own(olds), own(news));
      // A state that another adapter wrote has no provider text, and the host could not refresh it: an update puts it in.
      const isForeign = olds[PROVIDER_KEY] === undefined;
      return { changes: changes || isForeign, replaces, deleteBeforeReplace: false };
    });
  }

  create(inputs: Props): Promise<pulumi.dynamic.CreateResult> {
    return this.#bounded("create", inputs, undefined, async () => {
      const { id, state } = await this.resource.create(own(inputs));
      return { id, outs: state };
    });
  }

  read(id: pulumi.ID, props: Props): Promise<pulumi.dynamic.ReadResult> {
    return this.#bounded("read", props, id, async () => {
      const before = own(props);
      const stored = await this.resource.read(id, before);
      if (stored === undefined) return { id: "" };
      // What a `get` reads has no inputs.
      const isManaged = Object.keys(before).length > 0 && stored.inputs !== undefined;
      const result = { id: stored.id, props: stored.state };
      return isManaged ? { ...result, inputs: stored.inputs } : result;
    });
  }

  update(id: pulumi.ID, olds: Props, news: Props): Promise<pulumi.dynamic.UpdateResult> {
    return this.#bounded("update", news, id, async () => ({
      outs: await this.resource.update(id, own(olds), own(news)),
    }));
  }

  delete(id: pulumi.ID, props: Props): Promise<void> {
    return this.#bounded("delete", props, id, () => this.resource.delete(id, own(props)));
  }

  /** Answers only when what was said has reached the engine, and raises only what the engine can print or store. */
  #bounded<T>(operation: string, props: Props, id: string | undefined, body: () => Promise<T>): Promise<T> {
    return this.engine.during(async () => {
      try {
        return await body();
      } catch (error) {
        throw asEngineError(
          this.session.worded(error),
          operation,
          this.resource.nameOf(props, id),
          props[PROVIDER_KEY],
        );
      } finally {
        await delivered();
      }
    });
  }
}

/** Without the keys of the host. */
function own(props: Props): Props {
  const { [PROVIDER_KEY]: _provider, [DECLARED_KEY]: _declared, [REFUSED_KEY]: _refused, ...others } = props;
  return others;
}
