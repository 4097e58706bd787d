import { expect } from "chai";
import { report } from "../bench/report";
import { emptySeries, PHASES, stringify, type Results, type Series } from "../bench/series";

/** A series whose measurements of each phase took so many seconds, and twice as much CPU. */
function series(subject: Series["subject"], seconds: readonly number[], more: Partial<Series> = {}): Series {
  const one = { ...emptySeries(subject, 100, 0), stateBytes: [1000], ...more };
  const measured = seconds.map((value) => ({ seconds: value, cpuSeconds: 2 * value, memory: 150, requests: 7 }));
  for (const phase of PHASES) one.phases[phase] = [...measured];
  return one;
}

const sections = (all: Series[]) =>
  report({ about: ["Today."], series: all })
    .split(/^## /m)
    .slice(1);
const titles = (all: Series[]) => sections(all).map((section) => section.split("\n")[0]);
const rows = (all: Series[], head: string) => {
  const table =
    sections(all)[0]
      ?.split("\n\n")
      .find((part) => part.startsWith(`| ${head}`)) ?? "";
  return table.split("\n").slice(2);
};

describe("the results of the benchmark", () => {
  const floor = series("floor", [1, 2, 4]);

  it("have the median of the runs, and that of the ratios within one turn", () => {
    // Medians are 3 and 2; the ratios are 3, 5 and 0.75.
    const [user] = rows([series("user", [3, 10, 3]), floor], "seconds");
    expect(user).to.match(/^\| `WallarooUser` \| 3\.0 \(3\.00\) \/ 7 \|/);
  });

  it("have CPU, memory and state, each beside the floor's", () => {
    const user = series("user", [2, 4, 8], { stateBytes: [1100] });
    for (const phase of PHASES) user.phases[phase][0] = { seconds: 2, cpuSeconds: 4, memory: 300, requests: 7 };
    const [first, second] = rows([user, floor], "CPU");
    expect(first).to.match(/^\| `WallarooUser` \| 8\.0 \(2\.00\) \|.*\| 300 \(2\.00\) \| 1100 \(1\.10\) \|$/);
    expect(second).to.match(/^\| floor of `WallarooUser` \| 4\.0 \|.*\| 150 \| 1000 \|$/);
  });

  it("have the plugin beside the dynamic provider if both were measured", () => {
    const native = series("native-user", [2, 2, 2]);
    expect(rows([native, floor], "plugin / dynamic")).to.deep.equal([]);
    const [row] = rows([native, series("user", [4, 4, 4]), floor], "plugin / dynamic");
    expect(row).to.match(/^\| `WallarooUser` \| 0\.50 \/ 0\.50 \|.*\| 1\.00 \| 1\.00 \|$/);
  });

  it("have this checkout beside another one if both were measured", () => {
    const user = series("user", [2, 4, 8]);
    expect(rows([user, floor], "this checkout / the other")).to.deep.equal([]);
    const before = series("user-before", [4, 4, 4], { stateBytes: [500] });
    const [row] = rows([user, before, floor], "this checkout / the other");
    expect(row).to.match(/^\| `WallarooUser` \| 1\.00 \/ 1\.00 \|.*\| 1\.00 \| 2\.00 \|$/);
  });

  it("are ordered by kind, size and latency, whatever was measured first", () => {
    const all = [
      series("members", [1]),
      series("team", [1], { accounts: 10_000 }),
      series("user", [1], { accounts: 1_000, stateBytes: [1, 2] }),
      series("user", [1], { latencyMs: 20 }),
      series("user", [1]),
    ];
    expect(titles(all)).to.deep.equal([
      "Users: 100 accounts, 0 ms per request, 1 run",
      "Users: 100 accounts, 20 ms per request, 1 run",
      "Users: 1,000 accounts, 0 ms per request, 2 runs",
      "Teams: 10,000 accounts, 0 ms per request, 1 run",
      "Workspace members: 100 memberships, 0 ms per request, 1 run",
    ]);
  });

  it("come from the raw measurements alone, which keep a thousandth", () => {
    const results: Results = {
      about: ["Today."],
      starts: { native: [139.0004], dynamic: [615] },
      series: [series("user", [3.00049]), floor],
    };
    const kept = JSON.parse(stringify(results)) as Results;
    expect(kept.series[0]?.phases.create[0]).to.deep.equal({ seconds: 3, cpuSeconds: 6.001, memory: 150, requests: 7 });
    expect(report(kept)).to.equal(report(results)).and.include("the plugin 139 ms");
  });
});
