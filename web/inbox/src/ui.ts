// What is open on the screen and not worth an address.

import { signal } from "@preact/signals";
import type { Verdict } from "./approver";

/** The conversation the keyboard is at in the list. */
export const cursor = signal<string | null>(null);
export const drawerOpen = signal(false);
export const sheetOpen = signal(false);
export const lightbox = signal<{ readonly address: string; readonly name: string } | null>(null);

/** The decision that is being made: on which request, and which way. */
export const deciding = signal<{ readonly id: string; readonly verdict: Verdict } | null>(null);

/** Bumped to move the focus; the component that owns the target watches. */
export const focusComposer = signal(0);
export const focusThread = signal(0);

export const WIDE = matchMedia("(min-width: 768px)");
export const DETAILS_BESIDE = matchMedia("(min-width: 1024px)");
