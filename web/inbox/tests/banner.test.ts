import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ConnectionBanner } from "../src/banner";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const kindAfter = (banner: ConnectionBanner, milliseconds: number): string => {
  vi.advanceTimersByTime(milliseconds);
  return banner.shown.value.kind;
};

describe("ConnectionBanner", () => {
  it("says nothing of a drop that is over within a blink", () => {
    const banner = new ConnectionBanner();
    banner.phase("waiting");
    expect(kindAfter(banner, 1_499)).toBe("none");
    banner.phase("live");
    banner.resumed(3);
    expect(kindAfter(banner, 60_000)).toBe("none");
  });

  it("says reconnecting, then offline, from the moment the line went down", () => {
    const banner = new ConnectionBanner();
    banner.phase("waiting");
    vi.advanceTimersByTime(1_000);
    banner.phase("connecting");
    expect(kindAfter(banner, 500)).toBe("reconnecting");
    expect(kindAfter(banner, 8_500)).toBe("offline");
  });

  it("says what was caught up, for three seconds", () => {
    const banner = new ConnectionBanner();
    banner.phase("waiting");
    vi.advanceTimersByTime(2_000);
    banner.phase("live");
    banner.resumed(14);
    expect(banner.shown.value).toEqual({ kind: "back", count: 14 });
    expect(kindAfter(banner, 3_000)).toBe("none");
  });
});
