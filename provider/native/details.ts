import { DiffResponse, PropertyDiff } from "@pulumi/pulumi/proto/provider_pb";
import { isRecord } from "../api/json";
import type { Difference, Props } from "../resource/resource";

const { ADD, DELETE, UPDATE, ADD_REPLACE, DELETE_REPLACE, UPDATE_REPLACE } = PropertyDiff.Kind;

/**
 * A difference as the engine shows it: names of inputs, and path by path. Compared are the inputs, so that it prints their
 * values; of a difference without a path, such as an account that was never seen, it finds out itself what to print.
 *
 * @param before the inputs that are stored
 */
export function diffResponse({ changes, updates, replaces }: Difference, before: Props, news: Props): DiffResponse {
  const { DIFF_SOME, DIFF_NONE } = DiffResponse.DiffChanges;
  const names = [...replaces, ...updates].map((path) => [...keysOf(path)][0] ?? path);
  const response = new DiffResponse()
    .setChanges(changes ? DIFF_SOME : DIFF_NONE)
    .setReplacesList(replaces)
    .setDiffsList([...new Set(names)])
    .setHasdetaileddiff(names.length > 0);
  const details = response.getDetaileddiffMap();
  const put = (path: string, [add, remove, update]: readonly [number, number, number]) => {
    const kind = !isAt(before, path) ? add : !isAt(news, path) ? remove : update;
    details.set(path, new PropertyDiff().setKind(kind).setInputdiff(true));
  };
  for (const path of updates) put(path, [ADD, DELETE, UPDATE]);
  for (const path of replaces) put(path, [ADD_REPLACE, DELETE_REPLACE, UPDATE_REPLACE]);
  return response;
}

/** A name, or a quoted one in brackets, of a path such as `members["ann@example.com"].enabled`. */
const PART = /([^.[\]"]+)|\[("(?:[^"\\]|\\.)*")\]/g;

function* keysOf(path: string): Iterable<string> {
  for (const [, name, quoted] of path.matchAll(PART)) yield name ?? (JSON.parse(quoted ?? '""') as string);
}

function isAt(props: Props, path: string): boolean {
  let value: unknown = props;
  for (const key of keysOf(path)) {
    if (!isRecord(value) || !Object.hasOwn(value, key)) return false;
    value = value[key];
  }
  return true;
}
