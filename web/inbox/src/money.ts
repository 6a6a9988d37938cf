// Amounts of money: decimals as text, never binary fractions.

import type { Money } from "./protocol";
import { locale } from "./strings";

/** `$1,450.00`: every digit the hub wrote and no other, whatever is usual for the currency. */
export function moneyText({ amount, currency }: Money): string {
  const digits = amount.split(".")[1]?.length ?? 0;
  try {
    const format = new Intl.NumberFormat(locale, { style: "currency", currency, minimumFractionDigits: digits, maximumFractionDigits: digits });
    return format.format(amount as Intl.StringNumericLiteral);
  } catch {
    return `${amount} ${currency}`;
  }
}

/** In the currency's smallest unit, for sorting as the hub does. */
export function minorUnits({ amount }: Money): bigint {
  return /^-?\d+(\.\d+)?$/.test(amount) ? BigInt(amount.replace(".", "")) : 0n;
}

/** Whether a person typed this very amount, in one of the ways amounts are written: 1450, 1450.00, 1,450.00, 1.450,00. */
export function isTyped(typed: string, { amount }: Money): boolean {
  return spellings(amount).has(typed.trim().replaceAll(/[\u00a0\u202f]/gu, " "));
}

function spellings(amount: string): Set<string> {
  const [whole = "", part = ""] = amount.split(".");
  const rounded = /^0*$/.test(part);
  const found = new Set<string>();
  for (const [group, point] of [["", "."], ["", ","], [",", "."], [".", ","], [" ", "."], [" ", ","], ["'", "."]] as const) {
    const grouped = whole.replaceAll(/\B(?=(\d{3})+$)/gu, group);
    found.add(part ? grouped + point + part : grouped);
    // Without its decimals "1.450" could be read as one and a half.
    if (rounded && group !== ".") found.add(grouped);
  }
  return found;
}
