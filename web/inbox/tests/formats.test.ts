import { describe, expect, it } from "vitest";
import { ago, customerName, dayName, fileSize, firstName, initials, playTime, timeLeft } from "../src/formats";

const NOW = new Date(2026, 10, 22, 12, 0, 0).getTime();
const before = (milliseconds: number): string => new Date(NOW - milliseconds).toISOString();
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

describe("ago", () => {
  it.each([
    [0, "now"],
    [-5 * MINUTE, "now"],
    [59_999, "now"],
    [MINUTE, "1m"],
    [59 * MINUTE, "59m"],
    [HOUR, "1h"],
    [23 * HOUR, "23h"],
    [DAY, "1d"],
    [6 * DAY, "6d"],
    [30 * DAY, "Oct 23"],
    [400 * DAY, "Oct 18, 2025"],
  ])("%i ms", (passed, words) => expect(ago(before(passed), NOW)).toBe(words));
});

describe("timeLeft", () => {
  it.each([
    [-1, "0:00"],
    [1, "0:01"],
    [61_000, "1:01"],
    [119_999, "2:00"],
    [2 * MINUTE, "2 m"],
    [HOUR + 4 * MINUTE, "1 h 04 m"],
    [17 * HOUR + 4 * MINUTE + 59_000, "17 h 04 m"],
  ])("%i ms", (left, words) => expect(timeLeft(left)).toBe(words));
});

describe("dayName", () => {
  it.each([
    [0, "Today"],
    [13 * HOUR, "Yesterday"],
    [3 * DAY, "Thursday"],
    [20 * DAY, "Nov 2"],
  ])("%i ms ago", (passed, words) => expect(dayName(before(passed), NOW)).toBe(words));
});

describe("names", () => {
  it("gives initials of first and last name", () => {
    expect(["Maria da Silva Oliveira", "Cher", "élodie", "", null, "+44 7700", "Tom 2"].map(initials)).toEqual(
      ["MO", "C", "É", "?", "?", "+44", "T"],
    );
  });

  it("addresses by the given name and leaves a number whole", () => {
    expect([firstName("Maria Oliveira"), firstName("+44 7700 900")]).toEqual(["Maria", "+44 7700 900"]);
  });

  it("falls back from name to phone to a word", () => {
    expect([customerName({ name: " ", phone: "+1" }), customerName({ phone: "447700900456" }), customerName({})]).toEqual(
      ["+1", "+44 7700 900456", "Unknown customer"],
    );
  });
});

describe("sizes", () => {
  it("are in decimal units", () => {
    expect([0, 999, 1_000, 90_400, 2_500_000].map(fileSize)).toEqual(["0 bytes", "999 bytes", "1 kB", "90 kB", "2.5 MB"]);
  });

  it("and playback times are minutes and seconds", () => {
    expect([0, 14.9, 723, Infinity].map(playTime)).toEqual(["0:00", "0:14", "12:03", "0:00"]);
  });
});
