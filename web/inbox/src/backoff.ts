/** Full jitter: a random wait in `0 … min(cap, base · 2^attempt)`, all in milliseconds. */
export function fullJitter(attempt: number, base: number, cap: number, random: () => number = Math.random): number {
  return random() * Math.min(cap, base * 2 ** attempt);
}
