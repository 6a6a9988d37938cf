import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Signs } from "../src/signs";
import { message } from "./fixtures";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const ben = (conversationId: string, looks = true) => ({ kind: "viewing", conversationId, who: "ben", name: "Ben", looks }) as const;
const typing = (who: string, customer: boolean) => ({ kind: "typing", conversationId: "c1", who, name: who, customer }) as const;
const names = (people: readonly { id: string }[]): string[] => people.map(({ id }) => id);

describe("Signs", () => {
  it("lets typing lapse after six seconds without another sign", () => {
    const signs = new Signs();
    signs.take(typing("maria", true));
    vi.advanceTimersByTime(4_000);
    signs.take(typing("maria", true));
    vi.advanceTimersByTime(5_999);
    expect(names(signs.typing("c1").value)).toEqual(["maria"]);
    vi.advanceTimersByTime(1);
    expect(signs.typing("c1").value).toEqual([]);
  });

  it("ends the typing of who has written, and of nobody else", () => {
    const signs = new Signs();
    signs.take(typing("maria", true));
    signs.take(typing("ben", false));
    signs.stoppedTyping(message(1));
    expect(names(signs.typing("c1").value)).toEqual(["ben"]);
  });

  it("shows a colleague at one conversation at a time, until he turns away", () => {
    const signs = new Signs();
    signs.take(ben("c1"));
    signs.take(ben("c2"));
    expect([signs.viewing("c1").value, names(signs.viewing("c2").value)]).toEqual([[], ["ben"]]);
    signs.take(ben("c2", false));
    expect(signs.viewing("c2").value).toEqual([]);
  });

  it("takes away who went offline", () => {
    const signs = new Signs();
    signs.take(ben("c1"));
    signs.take({ kind: "presence", userId: "ben", state: "offline" });
    expect([signs.viewing("c1").value, signs.presence("ben").value]).toEqual([[], "offline"]);
  });
});
