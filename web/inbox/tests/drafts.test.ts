import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Drafts, type DraftText } from "../src/drafts";
import { MemoryShelf } from "../src/shelf";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("Drafts", () => {
  it("writes shortly after the last key, once", async () => {
    const shelf = new MemoryShelf<DraftText>();
    const put = vi.spyOn(shelf, "put");
    const drafts = new Drafts(shelf);
    for (const text of ["H", "He", "Hel"]) drafts.change("c1", { text });
    await vi.advanceTimersByTimeAsync(300);
    expect(put).toHaveBeenCalledOnce();
    expect(await shelf.all()).toMatchObject([{ conversationId: "c1", text: "Hel" }]);
  });

  it("survives a reload, when the page was hidden right after the last key", async () => {
    const shelf = new MemoryShelf<DraftText>();
    const before = new Drafts(shelf);
    before.change("c1", { text: "half a thought" });
    before.flush();
    const after = new Drafts(shelf);
    await after.open();
    expect(after.of("c1").value.text).toBe("half a thought");
  });

  it("does not put a stored draft over what is being typed", async () => {
    const shelf = new MemoryShelf<DraftText>();
    await shelf.put("c1", { conversationId: "c1", text: "old", quote: null });
    const drafts = new Drafts(shelf);
    drafts.change("c1", { text: "new" });
    await drafts.open();
    expect(drafts.of("c1").value.text).toBe("new");
  });

  it("leaves nothing behind when the draft is sent", async () => {
    const shelf = new MemoryShelf<DraftText>();
    const drafts = new Drafts(shelf);
    drafts.change("c1", { text: "x" });
    drafts.flush();
    drafts.clear("c1");
    await vi.advanceTimersByTimeAsync(0);
    expect(await shelf.all()).toEqual([]);
  });
});
