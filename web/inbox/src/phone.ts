// Telephone numbers as people write them. A number is its digits with the country code first, as channels give it.

/** Country codes of one and two digits (ITU-T E.164); all others have three. */
const SHORT_CODES = /^(?:1|7|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58])/u;

/** How the national part is grouped where it is not in threes: sizes, a dash before the last group or not. */
const GROUPS: Readonly<Record<string, readonly (readonly [sizes: readonly number[], dash?: boolean])[]>> = {
  "1": [[[3, 3, 4], true]],
  "33": [[[1, 2, 2, 2, 2]]],
  "44": [[[4, 6]]],
  "49": [[[3, 4, 4]], [[3, 8]], [[3, 7]]],
  "52": [[[2, 4, 4]], [[3, 4, 4]]],
  "55": [[[2, 5, 4], true], [[2, 4, 4], true]],
  "91": [[[5, 5]]],
  "966": [[[2, 3, 4]]],
  "971": [[[2, 3, 4]]],
};

const DIGITS = /^\+?(\d{7,15})$/u;

/** As one dials it from anywhere: `+5511987650043`. What is not a number stays as it is. */
export function dialled(phone: string): string {
  const digits = DIGITS.exec(phone)?.[1];
  return digits ? `+${digits}` : phone;
}

/** As one reads it: `+55 11 98765-0043`. What is not a number stays as it is. */
export function spaced(phone: string): string {
  const digits = DIGITS.exec(phone)?.[1];
  if (!digits) return phone;
  const code = SHORT_CODES.exec(digits)?.[0] ?? digits.slice(0, 3);
  const rest = digits.slice(code.length);
  const [sizes, dash] = GROUPS[code]?.find(([some]) => sum(some) === rest.length) ?? [threes(rest.length)];
  let at = 0;
  const groups = sizes.map((size) => rest.slice(at, (at += size)));
  const last = groups.pop()!;
  return `+${code} ${[groups.join(" "), last].filter(Boolean).join(dash ? "-" : " ")}`;
}

/** Groups of three with up to four at the end, so that no digit stands alone. */
function threes(length: number): number[] {
  const sizes: number[] = [];
  for (let left = length; left > 0; left -= sizes.at(-1)!) sizes.push(left <= 4 ? left : 3);
  return sizes;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}
