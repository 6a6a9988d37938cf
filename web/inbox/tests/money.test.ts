import { describe, expect, it } from "vitest";
import { isTyped, minorUnits, moneyText } from "../src/money";

const usd = { amount: "1450.00", currency: "USD" };

describe("moneyText", () => {
  it.each([
    [usd, "$1,450.00"],
    [{ amount: "500", currency: "JPY" }, "¥500"],
    [{ amount: "0.125", currency: "KWD" }, "KWD\u00a00.125"],
    // More digits than a double holds, and more decimals than usual: none is rounded away.
    [{ amount: "9007199254740993.07", currency: "USD" }, "$9,007,199,254,740,993.07"],
    [{ amount: "10.555", currency: "USD" }, "$10.555"],
    [{ amount: "10.5", currency: "not a code" }, "10.5 not a code"],
  ])("writes %o as %s", (money, text) => {
    expect(moneyText(money)).toBe(text);
  });
});

describe("minorUnits", () => {
  it("compares as the hub sorts: by the smallest unit", () => {
    expect([minorUnits(usd), minorUnits({ amount: "500", currency: "JPY" })]).toEqual([145000n, 500n]);
  });

  it("takes nothing for what is no amount", () => {
    expect(minorUnits({ amount: "1e5", currency: "USD" })).toBe(0n);
  });
});

describe("isTyped", () => {
  it.each(["1450", "1450.00", "1,450.00", "1.450,00", "1 450,00", "1450,00", "1,450", " 1450.00 ", "1\u00a0450.00"])("takes %j for 1450.00", (typed) => {
    expect(isTyped(typed, usd)).toBe(true);
  });

  it.each(["", "145", "14500", "1450.0", "1450.01", "1.450", "145,000", "1,4,50", "$1450", "1450 USD", "-1450", "1e3"])(
    "does not take %j for it",
    (typed) => {
      expect(isTyped(typed, usd)).toBe(false);
    },
  );

  it("wants the decimals where they are something", () => {
    const odd = { amount: "1450.50", currency: "USD" };
    expect([isTyped("1450", odd), isTyped("1450.5", odd), isTyped("1450.50", odd)]).toEqual([false, false, true]);
  });

  it("groups millions", () => {
    expect(isTyped("1,234,567.00", { amount: "1234567.00", currency: "USD" })).toBe(true);
    expect(isTyped("500", { amount: "500", currency: "JPY" })).toBe(true);
  });
});
