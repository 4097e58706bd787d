import { expect } from "chai";
import { renderTerminal } from "../docs/svg";

const textOf = (svg: string) => [...svg.matchAll(/<text[^>]*>(.*?)<\/text>/g)].map(([, row = ""]) => row);

describe("a terminal as a picture", () => {
  it("has the colours of the text, until they are taken back", () => {
    const [row] = textOf(renderTerminal("\u001b[32m+\u001b[0m ann \u001b[1mcreated\u001b[0m", "x"));
    expect(row).to.equal(
      '<tspan fill="#7ee787">+</tspan><tspan fill="#e6edf3"> ann </tspan><tspan fill="#e6edf3" font-weight="bold">created</tspan>',
    );
  });

  it("knows the colours of the 256, too", () => {
    expect(renderTerminal("\u001b[38;5;13mann\u001b[0m", "x")).to.include('<tspan fill="#d2a8ff">ann</tspan>');
  });

  it("cuts a long line between words, and loses none of them", () => {
    const rows = textOf(renderTerminal("one two three four", "x", 9)).map((row) => row.replace(/<[^>]*>/g, ""));
    expect(rows).to.deep.equal(["one two ", "three ", "four"]);
  });

  it("escapes what XML takes for its own", () => {
    const svg = renderTerminal("a <b> & c", "<title>");
    expect(svg).to.include("a &lt;b&gt; &amp; c").and.include("<title>&lt;title&gt;</title>");
  });
});
