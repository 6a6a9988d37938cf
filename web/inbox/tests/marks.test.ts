import { describe, expect, it } from "vitest";
import { parseMarks, type Piece, plainText, safeHref } from "../src/marks";

/** The tree as a string: marks as tags in brackets. */
function shown(pieces: readonly Piece[]): string {
  return pieces
    .map((piece) => {
      if (piece.kind === "text") return piece.text;
      if (piece.kind === "link") return `[link ${piece.href}|${piece.text}]`;
      return `[${piece.kind} ${shown(piece.pieces)}]`;
    })
    .join("");
}

describe("parseMarks", () => {
  it.each([
    ["plain", "plain"],
    ["*bold* and _italic_ and ~gone~", "[bold bold] and [italic italic] and [strike gone]"],
    ["*bold _both_*", "[bold bold [italic both]]"],
    ["```code *not bold*```", "[mono code *not bold*]"],
    ["`x = 1`", "[mono x = 1]"],
    ["2*3*4 and snake_case_name", "2*3*4 and snake_case_name"],
    ["* not bold *", "* not bold *"],
    ["**", "**"],
    ["*open only", "*open only"],
    ["*over\nlines*", "*over\nlines*"],
    ["(*bold*)!", "([bold bold])!"],
    ["see https://example.com/a_b_c.", "see [link https://example.com/a_b_c|https://example.com/a_b_c]."],
    ["*https://example.com/*", "[bold [link https://example.com/|https://example.com/]]"],
    ["mailto:a@example.com tel:+123", "[link mailto:a@example.com|mailto:a@example.com] [link tel:+123|tel:+123]"],
    ["javascript:alert(1)", "javascript:alert(1)"],
    ["<img src=x onerror=alert(1)>", "<img src=x onerror=alert(1)>"],
    ["", ""],
  ])("%j", (text, expected) => {
    expect(shown(parseMarks(text))).toBe(expected);
  });

  it("loses no character of the text", () => {
    const text = "a *b* _c ~d~ `e` ```f``` https://x.test/*g* *";
    const bare = (pieces: readonly Piece[]): string => pieces.map((p) => ("text" in p ? p.text : bare(p.pieces))).join("");
    expect(bare(parseMarks(text))).toBe(text.replace("*b*", "b").replace("~d~", "d").replace("`e`", "e").replace("```f```", "f"));
  });

  it("ends on hostile depth and length", () => {
    expect(parseMarks("*_~".repeat(2_000)).length).toBeGreaterThan(0);
    expect(parseMarks("http".repeat(2_000)).length).toBe(1);
  });
});

describe("safeHref", () => {
  it("lets only web, mail and telephone addresses through", () => {
    expect(safeHref("https://example.com")).toBe("https://example.com/");
    for (const address of ["javascript:alert(1)", "data:text/html,x", "//evil.test", "file:///etc", "ftp://x"]) {
      expect(safeHref(address)).toBeNull();
    }
  });
});

describe("plainText", () => {
  it("is one line without marks", () => {
    expect(plainText("*Hello*\n  _there_")).toBe("Hello there");
  });
});
