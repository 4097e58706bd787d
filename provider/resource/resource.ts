import type { InputFailure } from "../user/check";

/** Inputs, or stored values, of one resource: plain JSON values, and the adapter's mark where a value is not known yet. */
export type Props = Record<string, unknown>;

/** What check made of the inputs. */
export interface Checked {
  /** Canonical, with every default; what the engine stores and hands to the other verbs. */
  inputs: Props;
  failures: InputFailure[];
}

/** What `up` would do to a resource. */
export interface Difference {
  changes: boolean;
  /** Paths of the inputs whose change is an update. */
  updates: string[];
  /** Names of the inputs whose change needs another account. */
  replaces: string[];
}

/** A resource as it is to be stored. */
export interface Stored {
  id: string;
  state: Props;
  /** The inputs that would have led to this state, if they are not those of the state before. */
  inputs?: Props;
}

/** Who a resource is, for the run's memory and for messages. */
export interface Declared {
  /** Unique in a run. */
  key: string;
  name: string;
  /**
   * Names of other resources, by canonical address, that declare the same user; of a team, all that are known. Absent
   * if there are none, as all of this costs the engine time for each of many resources.
   */
  others?: Record<string, string[]>;
  /** Names of the inputs that are declared as secrets: the engine must print no value of them. */
  secrets?: string[];
  /** What went wrong in the program, of a resource that is only declared to be refused with it. */
  failure?: string;
}

/**
 * The verbs of one type of resource, in the engine's order and without anything that belongs to one way of being called:
 * no provider text, no protocol, no SDK of the engine. Every method but `check` raises `WallarooError`,
 * or `PartialFailure` when a part was done that has to be stored; {@link ownFailure} makes one of these of anything
 * else. `check` answers what is wrong as failures.
 */
export interface Resource {
  /** In preview and again at apply. `olds` are the stored inputs, empty before the first create. */
  check(olds: Props, news: Props, declared: Declared | undefined): Promise<Checked>;
  /** Raises when the change would be refused, once the program has declared a resource: a refresh compares too. */
  diff(id: string, olds: Props, news: Props): Promise<Difference>;
  create(inputs: Props): Promise<Stored>;
  /** Undefined when it is gone. Without anything stored, the resource of that id is read as it is. */
  read(id: string, stored: Props): Promise<Stored | undefined>;
  update(id: string, olds: Props, news: Props): Promise<Props>;
  delete(id: string, stored: Props): Promise<void>;
  /** How messages call a resource of these inputs or stored values. */
  nameOf(props: Props, id?: string): string;
}
