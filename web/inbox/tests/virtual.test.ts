import { describe, expect, it } from "vitest";
import { Column, fixedRange, scrollToRow } from "../src/virtual";

describe("fixedRange", () => {
  it("covers the viewport and the overscan, within the list", () => {
    expect(fixedRange(720, 144, 72, 100, 2)).toEqual({ start: 8, end: 14 });
    expect(fixedRange(0, 144, 72, 1, 5)).toEqual({ start: 0, end: 1 });
    expect(fixedRange(9_000, 144, 72, 10, 0).end).toBe(10);
  });
});

describe("scrollToRow", () => {
  it("moves as little as needed", () => {
    expect(scrollToRow(0, 300, 100, 50)).toBe(0);
    expect(scrollToRow(9, 300, 100, 50)).toBe(400);
    expect(scrollToRow(6, 300, 100, 50)).toBe(300);
  });
});

function column(keys: string[], estimate = 10): Column {
  const made = new Column();
  made.setRows(keys, keys.map(() => estimate));
  return made;
}

describe("Column", () => {
  it("assumes estimates until rows are measured", () => {
    const rows = column(["a", "b", "c"]);
    expect(rows.total).toBe(30);
    expect(rows.measure([["b", 50]])).toBe(true);
    expect([rows.total, rows.offsetOf(2)]).toEqual([70, 60]);
    expect(rows.measure([["b", 50]])).toBe(false);
  });

  it("finds the row at a height", () => {
    const rows = column(["a", "b", "c"]);
    rows.measure([["a", 100]]);
    expect([0, 99, 100, 110, 999].map((y) => rows.at(y))).toEqual([0, 0, 1, 2, 2]);
  });

  it("draws only what is near the screen, however many rows there are", () => {
    const rows = column(Array.from({ length: 20_000 }, (_, index) => `row ${index}`));
    const { start, end } = rows.range(100_000, 500, 100);
    expect(start).toBe(9_990);
    expect(end - start).toBeLessThan(80);
  });

  it("keeps the anchored row in place when rows above it grow or come", () => {
    const rows = column(["b", "c", "d"]);
    const anchor = rows.anchor(15)!;
    expect(anchor).toEqual({ key: "c", offset: 5 });
    rows.setRows(["a", "b", "c", "d"], [10, 10, 10, 10]);
    rows.measure([["a", 200]]);
    expect(rows.restore(anchor)).toBe(215);
  });

  it("remembers measures of rows that are gone for a while, and says when an anchor is gone", () => {
    const rows = column(["a", "b"]);
    rows.measure([["a", 70]]);
    rows.setRows(["b"], [10]);
    expect(rows.restore({ key: "a", offset: 0 })).toBeNull();
    rows.setRows(["a", "b"], [10, 10]);
    expect(rows.total).toBe(80);
  });

  it("has an answer for no rows", () => {
    const rows = column([]);
    expect([rows.total, rows.range(0, 100, 10), rows.anchor(0)]).toEqual([0, { start: 0, end: 0 }, null]);
  });
});
