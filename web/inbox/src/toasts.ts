// Short notices about something the person just did. At most a few, each for a few seconds.

import { signal } from "@preact/signals";
import { Refused } from "./api";
import { strings } from "./strings";

export interface Toast {
  readonly id: number;
  readonly text: string;
  readonly tone: "plain" | "danger";
}

const SHOWN = 3;
const LASTS = 6_000;

let counter = 0;
export const toasts = signal<readonly Toast[]>([]);

export function toast(text: string, tone: Toast["tone"] = "plain"): void {
  const id = ++counter;
  toasts.value = [...toasts.peek(), { id, text, tone }].slice(-SHOWN);
  setTimeout(() => dismiss(id), LASTS);
}

export function dismiss(id: number): void {
  toasts.value = toasts.peek().filter((one) => one.id !== id);
}

/** Why something was refused, in words, with the reference that support can look up. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return strings.problem.unknown;
  const reference = error instanceof Refused ? error.problem.request_id : undefined;
  return reference ? `${error.message} (${strings.toast.reference(reference)})` : error.message;
}
