import { describe, expect, it } from "vitest";
import lock from "../package-lock.json?raw";

// A lock file made on one machine can leave out other platforms' native parts (npm/cli#4828).
describe("package-lock.json", () => {
  it.each([
    ["@rolldown/binding", 15],
    ["lightningcss-", 11],
    ["@typescript/typescript-", 12],
  ])("names every platform's %s", (name, platforms) => {
    const found = new Set([...lock.matchAll(/"node_modules\/([^"]+)": \{/g)].map(([, path]) => path!).filter((path) => path.startsWith(name)));
    for (const system of ["linux", "darwin", "win32"]) expect([...found].join(" ")).toContain(system);
    expect(found.size).toBeGreaterThanOrEqual(platforms);
  });

  it("names no registry, so that any mirror serves it", () => {
    expect(lock).not.toMatch(/"resolv(ed)":/);
    expect(lock).not.toMatch(/registry\./);
  });
});
