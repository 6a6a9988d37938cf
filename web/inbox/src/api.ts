// Requests to the hub. The access token lives in this object's memory only; the refresh cookie is the browser's.

import type {
  Approval, Conversation, ConversationPage, Grant, Message, MessagePage, NewMessage, Page, Problem, Records, Team, Template, Ticket, Transaction,
  Upload, User,
} from "./protocol";
import { strings } from "./strings";
import { uuid7 } from "./uuid7";

/** The hub's answer was no; `problem` is its body. */
export class Refused extends Error {
  readonly problem: Problem;
  /** Seconds, from `Retry-After`. */
  readonly retryAfter: number | null;

  constructor(problem: Problem, retryAfter: number | null = null) {
    super(problem.detail || problem.title);
    this.problem = problem;
    this.retryAfter = retryAfter;
  }
}

/** No answer at all: offline, or the hub is away. */
export class Unreachable extends Error {
  constructor() {
    super(strings.problem.network);
  }
}

interface Options {
  method?: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  json?: unknown;
  form?: FormData;
  headers?: Record<string, string>;
  query?: Readonly<Record<string, string | number | undefined>>;
}

export type Patch = Partial<Pick<Conversation, "status" | "assignee_id" | "team_id" | "priority">>;

const RENEW_BEFORE = 30_000;

export class Api {
  #token: string | null = null;
  #expires = 0;
  #renewal: Promise<Grant> | null = null;
  readonly #onSignedOut: () => void;

  constructor(onSignedOut: () => void) {
    this.#onSignedOut = onSignedOut;
  }

  async login(email: string, password: string): Promise<Grant> {
    const response = await this.#fetch("/api/v1/auth/login", { method: "POST", json: { email, password } });
    return this.#hold((await body(response)) as Grant);
  }

  /** A new access token by the cookie. Tabs take turns, because each use replaces the cookie. */
  renew(): Promise<Grant> {
    this.#renewal ??= inTurn("hub-renew", () => this.#refresh()).finally(() => (this.#renewal = null));
    return this.#renewal;
  }

  async logout(): Promise<void> {
    await this.#send("/api/v1/auth/logout", { method: "POST" });
    this.#token = null;
  }

  /** A token that is good for a while yet. */
  async token(): Promise<string> {
    if (!this.#token || Date.now() > this.#expires - RENEW_BEFORE) await this.renew();
    return this.#token!;
  }

  teams = (): Promise<{ data: Team[] }> => this.#json("/api/v1/teams");
  users = (): Promise<{ data: User[] }> => this.#json("/api/v1/users");
  conversation = (id: string): Promise<Conversation> => this.#json(`/api/v1/conversations/${id}`);

  conversations(query: Readonly<Record<string, string>>, sort: string, cursor?: string): Promise<ConversationPage> {
    return this.#json("/api/v1/conversations", { query: { ...query, sort, limit: 200, cursor } });
  }

  messages(id: string, before?: string | number): Promise<MessagePage> {
    return this.#json(`/api/v1/conversations/${id}/messages`, { query: { before, limit: 50 } });
  }

  change(id: string, version: number, patch: Patch): Promise<Conversation> {
    const headers = { "If-Match": `"${version}"` };
    return this.#json(`/api/v1/conversations/${id}`, { method: "PATCH", json: patch, headers });
  }

  take(id: string): Promise<Conversation> {
    return this.#act(`/api/v1/conversations/${id}/take`);
  }

  /** `client_id` is also the idempotency key: however often it is sent, it is one message. */
  post(conversationId: string, message: NewMessage): Promise<Message> {
    return this.#act(`/api/v1/conversations/${conversationId}/messages`, message, message.client_id);
  }

  retry(messageId: string): Promise<Message> {
    return this.#act(`/api/v1/messages/${messageId}/retry`);
  }

  async react(messageId: string, emoji: string): Promise<void> {
    await this.#act(`/api/v1/messages/${messageId}/reactions`, { emoji });
  }

  async read(id: string, seq: number): Promise<void> {
    await this.#send(`/api/v1/conversations/${id}/read`, { method: "PUT", json: { conversation_seq: seq } });
  }

  upload(file: Blob, name: string): Promise<Upload> {
    const form = new FormData();
    form.append("file", file, name);
    return this.#json("/api/v1/media", { method: "POST", form });
  }

  async file(address: string): Promise<Blob> {
    return (await this.#send(address)).blob();
  }

  templates(channel: string): Promise<{ data: Template[] }> {
    return this.#json("/api/v1/templates", { query: { channel } });
  }

  /** Whether the AI agent may act in the conversation. */
  async attachAi(id: string, attached: boolean): Promise<void> {
    await this.#send(`/api/v1/conversations/${id}/ai`, { method: attached ? "PUT" : "DELETE" });
  }

  approvals(cursor?: string): Promise<Page<Approval>> {
    return this.#json("/api/v1/approvals", { query: { state: "pending", limit: 200, cursor } });
  }

  tickets = (customerId: string): Promise<Records<Ticket>> => this.#json(`/api/v1/customers/${customerId}/tickets`);
  transactions = (customerId: string): Promise<Records<Transaction>> => this.#json(`/api/v1/customers/${customerId}/transactions`);

  approval = (id: string): Promise<Approval> => this.#json(`/api/v1/approvals/${id}`);

  /** On exactly the terms that were shown; with the same `key` it is the same decision however often it is sent. */
  decide({ id, draft_hash: hash }: Approval, verdict: "approve" | "reject", reason: string | null, key: string): Promise<Approval> {
    const headers = { "If-Match": `"${hash}"`, "Idempotency-Key": key };
    return this.#json(`/api/v1/approvals/${id}/${verdict}`, { method: "POST", json: { reason }, headers });
  }

  async ticket(): Promise<string> {
    return (await this.#act<{ ticket: string }>("/api/v1/realtime/tickets")).ticket;
  }

  async typing(conversationId: string): Promise<void> {
    await this.#act("/api/v1/realtime/typing", { conversation_id: conversationId });
  }

  async #refresh(): Promise<Grant> {
    const response = await this.#fetch("/api/v1/auth/refresh", { method: "POST" });
    return this.#hold((await body(response)) as Grant);
  }

  #hold(grant: Grant): Grant {
    this.#token = grant.access_token;
    this.#expires = Date.now() + grant.expires_in * 1000;
    return grant;
  }

  #act<T>(path: string, json?: unknown, key: string = uuid7()): Promise<T> {
    return this.#json(path, { method: "POST", json, headers: { "Idempotency-Key": key } });
  }

  async #json<T>(path: string, options: Options = {}): Promise<T> {
    return (await body(await this.#send(path, options))) as T;
  }

  /** Sends with the token; a 401 renews it once. When that fails too the session is over. */
  async #send(path: string, options: Options = {}): Promise<Response> {
    try {
      const token = await this.token();
      try {
        return await this.#fetch(path, options, token);
      } catch (error) {
        if (!isSignedOut(error)) throw error;
        if (this.#token === token) await this.renew();
        return await this.#fetch(path, options, this.#token!);
      }
    } catch (error) {
      if (isSignedOut(error)) this.#onSignedOut();
      throw error;
    }
  }

  async #fetch(path: string, options: Options, token?: string): Promise<Response> {
    // Another site's page cannot send this header, which is what the hub believes the cookie by.
    const headers: Record<string, string> = { Accept: "application/json", "X-Requested-With": "hub", ...options.headers };
    if (token) headers.Authorization = `Bearer ${token}`;
    if (options.json !== undefined) headers["Content-Type"] = "application/json";
    const payload = options.json === undefined ? (options.form ?? null) : JSON.stringify(options.json);
    let response: Response;
    try {
      response = await fetch(path + search(options.query), { method: options.method ?? "GET", headers, body: payload });
    } catch {
      throw new Unreachable();
    }
    if (response.ok) return response;
    throw new Refused(await problem(response), seconds(response.headers.get("Retry-After")));
  }
}

export function isSignedOut(error: unknown): boolean {
  return error instanceof Refused && error.problem.status === 401;
}

export function hasStatus(error: unknown, ...statuses: number[]): error is Refused {
  return error instanceof Refused && statuses.includes(error.problem.status);
}

/** Runs `task` while no other tab runs one of this name. */
export function inTurn<T>(name: string, task: () => Promise<T>): Promise<T> {
  return navigator.locks ? (navigator.locks.request(name, task) as Promise<T>) : task();
}

async function body(response: Response): Promise<unknown> {
  return response.status === 204 ? null : response.json();
}

async function problem(response: Response): Promise<Problem> {
  const fallback = { title: strings.problem.unknown, status: response.status, code: "unknown" };
  if (!response.headers.get("Content-Type")?.includes("json")) return fallback;
  try {
    return { ...fallback, ...((await response.json()) as Problem) };
  } catch {
    return fallback;
  }
}

function seconds(header: string | null): number | null {
  const value = Number(header);
  return header && Number.isFinite(value) ? value : null;
}

function search(query: Options["query"]): string {
  const given = Object.entries(query ?? {}).filter(([, value]) => value !== undefined);
  return given.length ? `?${new URLSearchParams(given.map(([name, value]) => [name, String(value)]))}` : "";
}
