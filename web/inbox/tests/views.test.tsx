// @vitest-environment happy-dom
import { render } from "preact";
import { afterEach, describe, expect, it } from "vitest";
import type { Message } from "../src/protocol";
import { Delivery } from "../src/views/Delivery";
import { Extras } from "../src/views/Extras";
import { MessageText } from "../src/views/MessageText";
import { message } from "./fixtures";

const page = document.createElement("div");
afterEach(() => render(null, page));

describe("MessageText", () => {
  it("never makes elements of what a customer wrote", () => {
    render(<MessageText text={'<img src=x onerror="alert(1)"> *bold* javascript:alert(1)'} />, page);
    expect(page.querySelectorAll("img, a, script")).toHaveLength(0);
    expect(page.querySelector("strong")?.textContent).toBe("bold");
    expect(page.textContent).toContain('<img src=x onerror="alert(1)">');
  });

  it("opens links apart from this page", () => {
    render(<MessageText text="see https://example.com/x" />, page);
    const link = page.querySelector("a")!;
    expect([link.getAttribute("rel"), link.getAttribute("target")]).toEqual(["noopener noreferrer", "_blank"]);
  });

  it("takes its direction from its own script", () => {
    render(<MessageText text="مرحبا" />, page);
    expect(page.querySelector("p")?.getAttribute("dir")).toBe("auto");
  });
});

describe("Delivery", () => {
  it.each(["pending", "unknown", "sent", "delivered", "read", "failed"] as Message["status"][])("says %s in words", (status) => {
    render(<Delivery message={message(1, { direction: "outbound", status })} />, page);
    expect(page.textContent).toMatch(/sending|maybe sent|sent|delivered|read|not sent/);
  });

  it("says nothing of an inbound message", () => {
    render(<Delivery message={message(1)} />, page);
    expect(page.textContent).toBe("");
  });
});

describe("Extras", () => {
  it("shows a place at zero degrees", () => {
    render(<Extras content={{ type: "text", text: "", metadata: { location: { latitude: 0, longitude: 0 } } }} />, page);
    expect(page.textContent).toContain("0.00000, 0.00000");
  });

  it("falls back to the words when a place has no position", () => {
    render(<Extras content={{ type: "text", text: "Shop", metadata: { location: { name: "Shop" } } }} />, page);
    expect([page.textContent, page.querySelectorAll("a").length]).toEqual(["Shop", 0]);
  });

  it("shows what a customer was offered, buttons and rows", () => {
    const action = { buttons: [{ reply: { id: "y", title: "Yes" } }], sections: [{ rows: [{ id: "l", title: "Later" }] }] };
    render(<Extras content={{ type: "interactive", text: "Go on?", metadata: { interactive: { action } } }} />, page);
    expect([...page.querySelectorAll("li")].map((one) => one.textContent)).toEqual(["Yes", "Later"]);
  });

  it("says so when a kind of message cannot be shown", () => {
    render(<Extras content={{ type: "text", text: null, metadata: {} }} />, page);
    expect(page.textContent).toContain("cannot be shown");
  });
});
