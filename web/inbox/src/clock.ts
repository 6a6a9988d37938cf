// The hub's time as far as the page knows it, in signals that tick: every countdown uses these, never the local clock.

import { computed, signal } from "@preact/signals";

const offset = signal(0);

/** Milliseconds of hub time; ticks each second while the page is visible. */
export const second = signal(Date.now());

/** The same, changing only once a minute, for "5m ago". */
export const minute = computed(() => Math.floor(second.value / 60_000) * 60_000);

export function hubNow(): number {
  return Date.now() + offset.peek();
}

/** Takes the hub's `server_time` as the truth. Half the round trip is ignored: a second does not matter here. */
export function setClock(serverTime: string): void {
  const server = Date.parse(serverTime);
  if (Number.isNaN(server)) return;
  offset.value = server - Date.now();
  second.value = hubNow();
}

export function startClock(): void {
  const tick = (): void => {
    if (!document.hidden) second.value = hubNow();
  };
  setInterval(tick, 1000);
  document.addEventListener("visibilitychange", tick);
}
