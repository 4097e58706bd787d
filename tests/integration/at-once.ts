/**
 * A test per case, all of them run at the same time before the first is reported: for cases that mostly wait, each on a
 * platform of its own. Call it in a `describe` of its own.
 *
 * @param cases by the name that `title` is made of
 */
export function itAtOnce<Case>(
  cases: Record<string, Case>,
  title: (name: string) => string,
  body: (one: Case, name: string) => Promise<void>,
): void {
  const ends = new Map<string, PromiseSettledResult<void>>();
  before(async () => {
    await Promise.all(
      Object.entries(cases).map(async ([name, one]) => {
        const [end] = await Promise.allSettled([body(one, name)]);
        ends.set(name, end);
      }),
    );
  });
  for (const name of Object.keys(cases)) {
    it(title(name), () => {
      const end = ends.get(name);
      if (end === undefined) throw new Error("the case was not run");
      if (end.status === "rejected") throw end.reason;
    });
  }
}
