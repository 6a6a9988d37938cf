import { describe, expect, it } from "vitest";
import { uuid7 } from "../src/uuid7";

describe("uuid7", () => {
  it("carries the time, the version and the variant", () => {
    const id = uuid7(Date.UTC(2100, 0, 1));
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(Number.parseInt(id.replace("-", "").slice(0, 12), 16)).toBe(Date.UTC(2100, 0, 1));
  });

  it("sorts as made, within one millisecond, past its counter's end and when the clock is set back", () => {
    const start = Date.UTC(2101, 0, 1);
    const ids = Array.from({ length: 10_000 }, () => uuid7(start));
    ids.push(uuid7(start - 60_000));
    expect(ids).toEqual([...ids].sort());
    expect(new Set(ids).size).toBe(ids.length);
  });
});
