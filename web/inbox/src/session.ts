// Signed in or not. The page starts by asking for a token with the cookie it may have; it cannot see that cookie, but
// one that the hub sets and takes back together with it. Without it nobody asks: a refusal would be all that came.

import { signal } from "@preact/signals";
import { Api, isSignedOut, Refused, Unreachable } from "./api";
import { fullJitter } from "./backoff";
import type { User } from "./protocol";
import { strings } from "./strings";

export type Session =
  | { readonly state: "starting"; readonly unreachable: boolean }
  | { readonly state: "out"; readonly ended: boolean }
  | { readonly state: "in"; readonly user: User };

const RETRY_BASE = 1_000;
const RETRY_CAP = 15_000;

export const session = signal<Session>({ state: "starting", unreachable: false });

export const api = new Api(() => signedOut(true));

const MARKER = "hub_signed_in=1";

function mayBeSignedIn(): boolean {
  return document.cookie.split("; ").includes(MARKER);
}

export async function resume(attempt = 0): Promise<void> {
  if (!mayBeSignedIn()) return signedOut(false);
  try {
    session.value = { state: "in", user: (await api.renew()).user };
  } catch (error) {
    if (isSignedOut(error)) return signedOut(false);
    session.value = { state: "starting", unreachable: true };
    setTimeout(() => void resume(attempt + 1), RETRY_BASE + fullJitter(attempt, RETRY_BASE, RETRY_CAP));
  }
}

/** Signs in; the result is null or why not, in words. */
export async function signIn(email: string, password: string): Promise<string | null> {
  try {
    session.value = { state: "in", user: (await api.login(email, password)).user };
    return null;
  } catch (error) {
    if (error instanceof Unreachable) return strings.problem.network;
    if (!(error instanceof Refused)) return strings.problem.unknown;
    if (error.problem.status === 429) return strings.login.limited;
    return [401, 422].includes(error.problem.status) ? strings.login.wrong : error.message;
  }
}

/** Ends the session here even if the hub cannot be told: the token is forgotten either way. */
export async function signOut(): Promise<void> {
  await api.logout().catch(() => undefined);
  signedOut(false);
}

export function signedOut(ended: boolean): void {
  if (session.peek().state !== "out") session.value = { state: "out", ended };
}
