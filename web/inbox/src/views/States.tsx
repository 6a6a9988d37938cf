// What a panel shows while it has nothing to show.

import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { strings } from "../strings";

const FLASH = 150;

/** True once `active` has lasted a moment, so that quick loads do not flash a skeleton. */
export function useDelayed(active: boolean): boolean {
  const [late, setLate] = useState(false);
  useEffect(() => {
    setLate(false);
    if (!active) return undefined;
    const timer = setTimeout(() => setLate(true), FLASH);
    return () => clearTimeout(timer);
  }, [active]);
  return active && late;
}

export function Problem({ text, reference, onRetry }: { text: string; reference?: string | undefined; onRetry?: () => void }): JSX.Element {
  return (
    <div class="empty" role="alert">
      <p>{text}</p>
      {reference && <p class="quiet">{strings.toast.reference(reference)}</p>}
      {onRetry && (
        <button class="button" type="button" onClick={onRetry}>
          {strings.problem.retry}
        </button>
      )}
    </div>
  );
}

export function ListSkeleton(): JSX.Element {
  return (
    <div class="list-scroll" aria-busy="true">
      {Array.from({ length: 8 }, (_, index) => (
        <div key={index} class="row row-skeleton">
          <span class="avatar avatar-m bone" />
          <span class="bone bone-name" />
          <span class="bone bone-text" />
        </div>
      ))}
    </div>
  );
}

export function ThreadSkeleton(): JSX.Element {
  return (
    <div class="thread-scroll thread-skeleton" aria-busy="true">
      <span class="bone bone-in" />
      <span class="bone bone-out" />
      <span class="bone bone-in short" />
      <span class="bone bone-out short" />
    </div>
  );
}
