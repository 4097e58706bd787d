import type { CheckedInputs } from "../user/check";
import type { UserChanges } from "../user/diff";
import type { Declaration } from "../user/run";

/** Inputs or stored values of one resource: JSON values, and the adapter's mark for a value that is not known yet. */
export type Props = Record<string, unknown>;

/** What check made of the inputs. */
export interface Checked extends CheckedInputs {
  /** The failures again, if each is a refusal to create an account: other resources may be checked before it is said. */
  refusals?: Refusal[];
}

/** The two parts of a refusal's message. */
export interface Refusal {
  problem: string;
  next: string;
}

/** What `up` would do to a resource. */
export interface Difference extends UserChanges {
  changes: boolean;
}

/** A resource as the engine stores it. */
export interface Stored {
  id: string;
  state: Props;
  /** The inputs that would have led to this state, if they are not those of the state before. */
  inputs?: Props | undefined;
}

/** What a resource tells of itself, for the run's memory and for messages. Absent keys spare the engine time. */
export interface Declared extends Declaration {
  /** Names of other resources that declare the same users, by canonical address; for a team, of all that are known. */
  others?: Record<string, string[]>;
  /** Names of the inputs that are declared as secrets: the engine must print no value of them. */
  secrets?: string[];
  /** Of a team that looks for unmanaged accounts, canonical addresses that resources of other providers declare. */
  elsewhere?: string[];
  /** Of a team, names of other resources whose addresses are only known late; the first few. */
  late?: string[];
  /** In a preview: refusals are answered to the SDK, which says those of all resources together. */
  gathers?: true;
  /** True if it declares what may free seats. */
  frees?: true;
  /** How many resources of the program may free seats; absent if none. */
  freeing?: number;
  /** What went wrong in the program; check refuses the resource with it. */
  failure?: string;
}

/**
 * The verbs of one type of resource, without provider text, protocol or the engine's SDK. Every method but `check`
 * raises `WallarooError`, or `PartialFailure` when a part was done; `ownFailure` makes one of these of anything else.
 */
export interface Resource {
  /** In preview and again at apply. `olds` are the stored inputs, empty before the first create. Raises nothing. */
  check(olds: Props, news: Props, declared: Declared | undefined): Promise<Checked>;
  /** Raises when the change would be refused, once the program has declared a resource: a refresh compares too. */
  diff(id: string, olds: Props, news: Props): Promise<Difference>;
  create(inputs: Props): Promise<Stored>;
  /** Undefined when it is gone. Without anything stored, the resource of that id is read as it is. */
  read(id: string, stored: Props): Promise<Stored | undefined>;
  /** What is there already, by id or address, as adopted and found as it is. Sends nothing. Raises `notFound`. */
  import(given: string): Promise<Stored>;
  update(id: string, olds: Props, news: Props): Promise<Props>;
  delete(id: string, stored: Props): Promise<void>;
  /** How messages call a resource of these inputs or stored values. */
  nameOf(props: Props, id?: string): string;
}
