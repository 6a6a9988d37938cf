// Whether the person is looking: focused and visible, and not idle.

import { signal } from "@preact/signals";

const IDLE_AFTER = 5 * 60_000;

/** The tab is in front and has the focus: what it shows counts as seen. */
export const focused = signal(!document.hidden && document.hasFocus());

/** Nothing was touched for five minutes. */
export const idle = signal(false);

export function watchAttention(): void {
  const look = (): void => {
    focused.value = !document.hidden && document.hasFocus();
  };
  addEventListener("focus", look);
  addEventListener("blur", look);
  document.addEventListener("visibilitychange", look);

  let timer: ReturnType<typeof setTimeout>;
  const stir = (): void => {
    idle.value = false;
    clearTimeout(timer);
    timer = setTimeout(() => (idle.value = true), IDLE_AFTER);
  };
  for (const type of ["pointermove", "keydown", "wheel", "touchstart"]) addEventListener(type, stir, { passive: true });
  stir();
}
