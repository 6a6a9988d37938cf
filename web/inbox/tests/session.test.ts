// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

const USER = { id: "u", name: "Ana", role: "agent" };
const grant = (): Response => Response.json({ access_token: "t1", expires_in: 900, user: USER });
const refusal = (): Response =>
  new Response(JSON.stringify({ title: "No.", status: 401, code: "unauthenticated" }), {
    status: 401,
    headers: { "Content-Type": "application/problem+json" },
  });

let asked: string[];
function network(answer: () => Response): void {
  vi.stubGlobal("fetch", async (path: string) => {
    asked.push(path);
    return answer();
  });
}

const cookie = (text: string): void => void (document.cookie = text);
const forget = (name: string): void => cookie(`${name}=; Max-Age=0`);

/** The page as it is when it has just been loaded. */
async function loaded(): Promise<typeof import("../src/session")> {
  vi.resetModules();
  return import("../src/session");
}

beforeEach(() => {
  asked = [];
  network(grant);
});
afterEach(() => {
  for (const name of ["hub_signed_in", "xhub_signed_in", "theme"]) forget(name);
  vi.unstubAllGlobals();
});

describe("resume", () => {
  it("does not ask on a first visit, and offers to sign in", async () => {
    cookie("theme=dark");
    cookie("xhub_signed_in=1");
    const { resume, session } = await loaded();
    await resume();
    expect(asked).toEqual([]);
    expect(session.value).toEqual({ state: "out", ended: false });
  });

  it("asks where somebody has signed in", async () => {
    cookie("theme=dark");
    cookie("hub_signed_in=1");
    const { resume, session } = await loaded();
    await resume();
    expect(asked).toEqual(["/api/v1/auth/refresh"]);
    expect(session.value).toEqual({ state: "in", user: USER });
  });

  it("offers to sign in when the session is over", async () => {
    cookie("hub_signed_in=1");
    network(refusal);
    const { resume, session } = await loaded();
    await resume();
    expect(asked).toHaveLength(1);
    expect(session.value).toEqual({ state: "out", ended: false });
  });

  it("does not ask again where somebody signed out in another tab", async () => {
    cookie("hub_signed_in=1");
    await (await loaded()).resume();
    forget("hub_signed_in");
    const { resume, session } = await loaded();
    await resume();
    expect(asked).toHaveLength(1);
    expect(session.value.state).toBe("out");
  });
});
