// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Api, hasStatus, Refused, Unreachable } from "../src/api";
import { approval } from "./fixtures";

const USER = { id: "u", name: "Ana", role: "agent" };
const grant = (token: string, seconds = 900): Response => Response.json({ access_token: token, expires_in: seconds, user: USER });
const problem = (status: number, extra: object = {}): Response =>
  new Response(JSON.stringify({ title: "No.", status, code: "some_code", detail: "Because.", ...extra }), {
    status,
    headers: { "Content-Type": "application/problem+json", "Retry-After": "7" },
  });

interface Call {
  path: string;
  method: string;
  headers: Record<string, string>;
  body: unknown;
}

let calls: Call[];

/** The network: answers in turn. */
function network(...answers: (Response | "away")[]): void {
  calls = [];
  vi.stubGlobal("fetch", async (path: string, init: RequestInit) => {
    calls.push({ path, method: init.method!, headers: init.headers as Record<string, string>, body: init.body });
    const answer = answers.shift();
    if (!answer || answer === "away") throw new TypeError("failed");
    return answer;
  });
}

let signedOut: ReturnType<typeof vi.fn<() => void>>;
let api: Api;
beforeEach(() => {
  signedOut = vi.fn<() => void>();
  api = new Api(signedOut);
});
afterEach(() => void vi.unstubAllGlobals());

const paths = (): string[] => calls.map(({ path }) => path);

describe("Api", () => {
  it("decides on the terms that were shown, and once under one key", async () => {
    network(grant("t1"), Response.json({}), Response.json({}));
    await api.decide(approval(), "approve", null, "key-1");
    await api.decide(approval(), "reject", "Unknown payee", "key-2");
    expect(paths().slice(1)).toEqual(["/api/v1/approvals/a1/approve", "/api/v1/approvals/a1/reject"]);
    expect(calls[1]!.headers).toMatchObject({ "If-Match": `"${approval().draft_hash}"`, "Idempotency-Key": "key-1" });
    expect(calls[2]!.body).toBe('{"reason":"Unknown payee"}');
  });

  it("asks for a token by the cookie first, and sends it from then on", async () => {
    network(grant("t1"), Response.json({ data: [] }), Response.json({ data: [] }));
    await api.teams();
    await api.teams();
    expect(paths()).toEqual(["/api/v1/auth/refresh", "/api/v1/teams", "/api/v1/teams"]);
    expect(calls[0]!.headers).toMatchObject({ "X-Requested-With": "hub" });
    expect(calls[2]!.headers).toMatchObject({ Authorization: "Bearer t1" });
  });

  it("renews once for many requests at a time", async () => {
    network(grant("t1"), Response.json({ data: [] }), Response.json({ data: [] }));
    await Promise.all([api.teams(), api.users()]);
    expect(paths().filter((path) => path.endsWith("refresh"))).toHaveLength(1);
  });

  it("renews and repeats when the token is refused", async () => {
    network(grant("t1"), problem(401), grant("t2"), Response.json({ data: [1] }));
    expect(await api.teams()).toEqual({ data: [1] });
    expect(calls.at(-1)!.headers).toMatchObject({ Authorization: "Bearer t2" });
  });

  it("ends the session when the cookie is refused too", async () => {
    network(grant("t1"), problem(401), problem(401));
    await expect(api.teams()).rejects.toBeInstanceOf(Refused);
    expect(signedOut).toHaveBeenCalledOnce();
  });

  it("keeps the session when the hub is merely away", async () => {
    network(grant("t1"), "away");
    await expect(api.teams()).rejects.toBeInstanceOf(Unreachable);
    expect(signedOut).not.toHaveBeenCalled();
  });

  it("carries the problem and how long to wait", async () => {
    network(grant("t1"), problem(409, { winner: { id: "b", name: "Ben" } }));
    const error: unknown = await api.take("c1").catch((refusal: unknown) => refusal);
    expect(hasStatus(error, 409) && [error.message, error.problem.winner?.name, error.retryAfter]).toEqual(["Because.", "Ben", 7]);
  });

  it("uses the client id as the idempotency key and the version as the condition", async () => {
    network(grant("t1"), Response.json({}, { status: 201 }), Response.json({}));
    await api.post("c1", { client_id: "k", text: "Hi" });
    await api.change("c1", 4, { status: "resolved" });
    expect(calls[1]).toMatchObject({ method: "POST", headers: { "Idempotency-Key": "k" }, body: '{"client_id":"k","text":"Hi"}' });
    expect(calls[2]).toMatchObject({ method: "PATCH", headers: { "If-Match": '"4"' } });
  });

  it("says something sensible of an answer that is not a problem document", async () => {
    network(grant("t1"), new Response("<html>", { status: 502 }));
    await expect(api.teams()).rejects.toThrow("Something went wrong.");
  });
});
