import { expect } from "chai";
import { growthPlot } from "../bench/plot";
import { emptySeries, PHASES, type Results, type Series } from "../bench/series";

function series(subject: Series["subject"], accounts: number, seconds: readonly number[], latencyMs = 0): Series {
  const one = emptySeries(subject, accounts, latencyMs);
  for (const phase of PHASES) {
    one.phases[phase] = seconds.map((value) => ({ seconds: value, cpuSeconds: 0, memory: 0, requests: 0 }));
  }
  return one;
}
const results = (...all: Series[]): Results => ({ about: [], series: all });

/** The panel of the first phase, with its labels and lines. */
function firstPanel(svg: string) {
  const panel = svg.split("<g transform")[1] ?? "";
  const labels = [...panel.matchAll(/<text x="(\S+)" y="(\S+)" fill="#\w+">(.*?)<\/text>/g)];
  return {
    labels: labels.map(([, , y, name]) => ({ y: Number(y), name })),
    lines: [...panel.matchAll(/<path d="M(\S+ \S+(?:L\S+ \S+)*)" fill="none"/g)].map(([, line = ""]) =>
      line.split("L").map((point) => point.split(" ").map(Number)),
    ),
  };
}

describe("the plot of the benchmark", () => {
  const users = [series("user", 100, [4]), series("user", 1_000, [60])];

  it("has a panel for each phase", () => {
    const titles = [...growthPlot(results(...users), undefined).matchAll(/font-weight="bold">(.*?)</g)];
    expect(titles.map(([, title]) => title)).to.deep.equal([...PHASES]);
  });

  it("places the medians on logarithmic axes: ten times as much is as far from 1 to 10 as from 10 to 100", () => {
    const all = [series("user", 1_000, [9, 10, 80]), series("user", 10, [100]), series("user", 100, [1])];
    const [line = []] = firstPanel(growthPlot(results(...all), undefined)).lines;
    const [[x0 = 0, y0 = 0] = [], [x1 = 0, y1 = 0] = [], [x2 = 0, y2 = 0] = []] = line;
    expect(line, "by accounts, whatever was measured first").to.have.length(3);
    expect(x1 - x0)
      .to.be.closeTo(x2 - x1, 0.2)
      .and.be.above(0);
    expect(y1 - y0)
      .to.be.closeTo(2 * (y1 - y2), 0.2)
      .and.be.above(0);
  });

  it("draws what was measured without latency, and no line without a point", () => {
    const all = [...users, series("team", 100, [2], 20), series("naive", 100, [9])];
    expect(firstPanel(growthPlot(results(...all), undefined)).labels).to.have.length(1);
  });

  it("draws OpenTofu, and the team on the same Keycloak, only from the measurements there", () => {
    const keycloak = results(series("opentofu", 100, [3]), series("team", 100, [2]), series("user", 100, [1]));
    const names = (svg: string) => firstPanel(svg).labels.map(({ name }) => name);
    expect(names(growthPlot(results(...users), keycloak))).to.deep.equal([
      "WallarooUser",
      "team, Keycloak",
      "OpenTofu, Keycloak",
    ]);
    expect(names(growthPlot(results(...users), undefined))).to.deep.equal(["WallarooUser"]);
  });

  for (const [place, least, most] of [
    ["in the middle of a panel", 0.01, 100],
    ["at its lower end", 1, 100],
    ["at its upper end", 0.01, 1],
  ] as const) {
    it(`keeps labels of lines that end ${place} apart, and within it`, () => {
      const all = (["user", "floor", "team", "team-floor"] as const).map((subject) => series(subject, 100, [1]));
      const axes = [series("user", 10, [least]), series("floor", 10, [most])];
      const heights = firstPanel(growthPlot(results(...all, ...axes), undefined)).labels.map(({ y }) => y);
      const gaps = [...heights].sort((a, b) => a - b).map((y, index, sorted) => y - (sorted[index - 1] ?? -Infinity));
      expect(heights).to.have.length(4);
      expect(Math.min(...gaps)).to.be.at.least(12.9);
      expect(Math.min(...heights)).to.be.at.least(34);
      expect(Math.max(...heights)).to.be.at.most(225);
    });
  }
});
