// What a supervisor does about requests for approval: sees those that wait, approves, rejects.

import { type Api, hasStatus, Refused } from "./api";
import type { Approvals } from "./approvals";
import type { Approval } from "./protocol";
import { strings } from "./strings";
import { reasonOf } from "./toasts";
import { uuid7 } from "./uuid7";

export type Verdict = "approve" | "reject";

/** Pages of requests fetched; no hub lets more wait than fit them, and the rest would follow as others are decided. */
const PAGES = 5;

export class Approver {
  readonly #api: Api;
  readonly #approvals: Approvals;
  /** Keys of decisions whose answer was lost: the same decision again is the same request. */
  readonly #keys = new Map<string, string>();

  constructor(api: Api, approvals: Approvals) {
    this.#api = api;
    this.#approvals = approvals;
  }

  async load(): Promise<void> {
    this.#approvals.expect();
    try {
      const found: Approval[] = [];
      let cursor: string | undefined;
      for (let pages = 0; pages < PAGES; pages++) {
        const page = await this.#api.approvals(cursor);
        found.push(...page.data);
        cursor = page.next_cursor ?? undefined;
        if (!cursor) break;
      }
      this.#approvals.loaded(found);
    } catch (error) {
      this.#approvals.failed(error instanceof Refused ? error.problem : null);
    }
  }

  /** Brings in one that is not held, for a link to it; says whether there is one. */
  async find(id: string): Promise<boolean> {
    try {
      this.#approvals.take(await this.#api.approval(id));
      return true;
    } catch (error) {
      if (!hasStatus(error, 403, 404)) throw error;
      this.#approvals.forget(id);
      return false;
    }
  }

  /** Decides on the terms that were shown. Gives null, or why it could not be, in words; then the row is fresh. */
  async decide(approval: Approval, verdict: Verdict, reason: string | null): Promise<string | null> {
    const decision = [approval.id, approval.draft_hash, verdict, reason].join(" ");
    const key = this.#keys.get(decision) ?? uuid7();
    this.#keys.set(decision, key);
    try {
      this.#approvals.take(await this.#api.decide(approval, verdict, reason, key));
      this.#keys.delete(decision);
      return null;
    } catch (error) {
      if (!(error instanceof Refused)) return reasonOf(error);
      this.#keys.delete(decision);
      await this.find(approval.id).catch(() => undefined);
      return strings.approvals.problems[error.problem.code] ?? reasonOf(error);
    }
  }
}
