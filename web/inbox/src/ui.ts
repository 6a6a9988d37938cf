// What is open on the screen and not worth an address.

import { signal } from "@preact/signals";

/** The conversation the keyboard is at in the list. */
export const cursor = signal<string | null>(null);
export const drawerOpen = signal(false);
export const sheetOpen = signal(false);
export const lightbox = signal<{ readonly address: string; readonly name: string } | null>(null);

/** Bumped to move the focus; the component that owns the target watches. */
export const focusComposer = signal(0);
export const focusThread = signal(0);

export const WIDE = matchMedia("(min-width: 768px)");
export const DETAILS_BESIDE = matchMedia("(min-width: 1024px)");
