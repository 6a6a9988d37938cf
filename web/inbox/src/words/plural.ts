// Numbers with their nouns, in English.

const plural = new Intl.PluralRules("en");
const number = new Intl.NumberFormat("en");

export function count(n: number, one: string, other: string): string {
  return `${number.format(n)} ${plural.select(n) === "one" ? one : other}`;
}
