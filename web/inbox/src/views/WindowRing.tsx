import type { JSX } from "preact";
import { minute, second } from "../clock";
import { timeLeft } from "../formats";
import { strings } from "../strings";

const DAY = 24 * 3_600_000;
const SOON = 2 * 3_600_000;
const EACH_SECOND = 2 * 60_000;
const RADIUS = 6;
const AROUND = 2 * Math.PI * RADIUS;

/** How much of the 24 hours is left, as a ring and in words; amber under two hours, each second under two minutes. */
export function WindowRing({ expires }: { expires: string | null }): JSX.Element | null {
  if (!expires) return null;
  const roughly = Date.parse(expires) - minute.value;
  const left = roughly > EACH_SECOND + 60_000 ? roughly : Date.parse(expires) - second.value;
  const soon = left < SOON;
  const words = timeLeft(left);
  return (
    <span class={`ring ${soon ? "ring-soon" : ""}`} role="img" aria-label={strings.window.label(words)}>
      <svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
        <circle class="ring-track" cx="8" cy="8" r={RADIUS} />
        <circle
          class="ring-left"
          cx="8"
          cy="8"
          r={RADIUS}
          stroke-dasharray={`${Math.max(0, Math.min(1, left / DAY)) * AROUND} ${AROUND}`}
          transform="rotate(-90 8 8)"
        />
      </svg>
      <span class="number">{soon ? strings.window.soon(words) : strings.window.open(words)}</span>
    </span>
  );
}
