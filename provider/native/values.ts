import { Struct, type JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb";
import { isRecord } from "../api/json";
import type { Props } from "../resource/resource";

/** Key by which the engine's protocol marks a value that is not plain JSON. Source: `sdk/go/common/resource/sig` of pulumi/pulumi. */
const SIGNATURE = "4dabf18193072939515e22adb298388d";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";

/** Stands in the protocol for a value that only `up` will know. */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** One for each type that the value may have then. Source: `sdk/go/common/resource/plugin/rpc.go` of pulumi/pulumi. */
const UNKNOWNS: ReadonlySet<unknown> = new Set([
  UNKNOWN,
  "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
  "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
  "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
  "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
]);

/** True for the mark itself; not for an object in which one stands. */
export function isUnknownMark(value: unknown): boolean {
  return UNKNOWNS.has(value);
}

/** Where in an object a secret stands; `*` stands for every key. */
export type Path = readonly string[];

/** What the engine sent: plain values, and where secrets stood among them. */
export interface Decoded {
  props: Props;
  secrets: Path[];
}

/** Plain values of what the engine sent, in which secrets are as they are and unknown ones are marks, see {@link isUnknownMark}. */
export function decode(struct: Struct | undefined): Decoded {
  const secrets: Path[] = [];
  const plain = (value: unknown, path: Path): unknown => {
    if (Array.isArray(value)) return value.map((item, index) => plain(item, [...path, String(index)]));
    if (!isRecord(value)) return value;
    if (value[SIGNATURE] === SECRET) {
      secrets.push(path);
      return plain(value["value"], path);
    }
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item, [...path, key])]));
  };
  const props = struct === undefined ? {} : (plain(struct.toJavaScript(), []) as Props);
  return { props, secrets };
}

/**
 * Values as the engine takes them, with a secret at each of `secrets` where there is a value. What stands within a secret
 * already is not marked again: the engine would keep the mark as a value. What is undefined is left out.
 */
export function encode(props: Props, secrets: readonly Path[]): Struct {
  return Struct.fromJavaScript(marked(props, secrets) as Record<string, JavaScriptValue>);
}

function marked(value: unknown, secrets: readonly Path[]): unknown {
  if (secrets.some((path) => path.length === 0)) return { [SIGNATURE]: SECRET, value: marked(value, []) };
  const below = (key: string) => secrets.flatMap(([first, ...rest]) => (first === key || first === "*" ? [rest] : []));
  if (Array.isArray(value)) return value.map((item, index) => marked(item, below(String(index))));
  if (!isRecord(value)) return value;
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  return Object.fromEntries(entries.map(([key, item]) => [key, marked(item, below(key))]));
}
