import { describe, expect, it } from "vitest";
import { dialled, spaced } from "../src/phone";

describe("spaced", () => {
  it.each([
    ["5511987650043", "+55 11 98765-0043"],
    ["551133334444", "+55 11 3333-4444"],
    ["16505551234", "+1 650 555-1234"],
    ["447700900456", "+44 7700 900456"],
    ["4915123904417", "+49 151 2390 4417"],
    ["33612783409", "+33 6 12 78 34 09"],
    ["34611928374", "+34 611 928 374"],
    ["919820098812", "+91 98200 98812"],
    ["971501234876", "+971 50 123 4876"],
    ["966551209983", "+966 55 120 9983"],
    ["233244517790", "+233 244 517 790"],
    ["5215512349087", "+52 155 1234 9087"],
    ["+79161234567", "+7 916 123 4567"],
    ["2906123", "+290 6123"],
  ])("writes %s as %s", (phone, shown) => expect(spaced(phone)).toBe(shown));

  it("loses and invents no digit, and leaves none alone", () => {
    for (let length = 7; length <= 15; length++) {
      for (let first = 10; first < 100; first++) {
        const digits = `${first}3456789012345`.slice(0, length);
        const shown = spaced(digits);
        expect(shown.replace(/\D/gu, "")).toBe(digits);
        if (!shown.startsWith("+33 ")) expect(shown.split(/[ -]/u).slice(1).every((group) => group.length > 1)).toBe(true);
      }
    }
  });

  it("leaves alone what is no number", () => {
    for (const text of ["@thiago.ramos", "", "123", "+55 11 98765-0043"]) expect(spaced(text)).toBe(text);
  });
});

describe("dialled", () => {
  it("puts the plus before digits only", () => {
    expect(dialled("5511987650043")).toBe("+5511987650043");
    expect(dialled("+5511987650043")).toBe("+5511987650043");
    expect(dialled("@maria")).toBe("@maria");
  });
});
