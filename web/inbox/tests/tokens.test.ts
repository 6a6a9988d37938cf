import { describe, expect, it } from "vitest";
import css from "../src/styles/tokens.css?raw";

const THEMES = ["light", "dark"] as const;
const colours = new Map(
  [...css.matchAll(/--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)/g)].map(([, name, light, dark]) => [
    name!,
    { light: light!, dark: dark! },
  ]),
);

/** Relative luminance and contrast as WCAG 2.2 defines them. */
function luminance(hex: string): number {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const share = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(front: string, back: string, theme: (typeof THEMES)[number]): number {
  const [a, b] = [luminance(colours.get(front)![theme]), luminance(colours.get(back)![theme])];
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
}

const GROUNDS = ["canvas", "surface", "raised", "selected"];
const TEXTS: [string, string[]][] = [
  ["text", [...GROUNDS, "in", "out"]],
  ["text-2", [...GROUNDS, "in", "out"]],
  ["text-3", [...GROUNDS, "in"]],
  ["accent", ["surface", "raised", "selected", "accent-soft", "in", "out"]],
  ["on-accent", ["accent", "accent-strong"]],
  ["success", ["surface", "success-soft"]],
  ["warning", ["surface", "selected", "warning-soft", "out"]],
  ["danger", ["surface", "selected", "danger-soft", "out"]],
];
const MARKS: [string, string[]][] = [
  ["control", ["surface"]],
  ["whatsapp", ["surface", "raised", "selected"]],
  ["chat-app", ["surface", "raised", "selected"]],
  ["on-mark", ["whatsapp", "chat-app"]],
];

const pairs = (groups: [string, string[]][]): [string, string][] => groups.flatMap(([front, backs]) => backs.map((back): [string, string] => [front, back]));

describe.each(THEMES)("tokens, %s", (theme) => {
  it.each(pairs(TEXTS))("%s on %s can be read", (front, back) => {
    expect(contrast(front, back, theme)).toBeGreaterThanOrEqual(4.5);
  });

  it.each(pairs(MARKS))("%s on %s can be made out", (front, back) => {
    expect(contrast(front, back, theme)).toBeGreaterThanOrEqual(3);
  });
});
