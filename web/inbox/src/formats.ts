// Times, sizes and names for people. `now` is always an argument.

import { spaced } from "./phone";
import { locale, strings } from "./strings";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const clock = new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const dayMonth = new Intl.DateTimeFormat(locale, { day: "numeric", month: "short" });
const dayMonthYear = new Intl.DateTimeFormat(locale, { day: "numeric", month: "short", year: "numeric" });
const weekday = new Intl.DateTimeFormat(locale, { weekday: "long" });
const monthYear = new Intl.DateTimeFormat(locale, { month: "short", year: "numeric" });
const full = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "medium", hourCycle: "h23" });

export function timeOfDay(at: string): string {
  return clock.format(new Date(at));
}

export function fullTime(at: string): string {
  return full.format(new Date(at));
}

export function monthAndYear(at: string): string {
  return monthYear.format(new Date(at));
}

/** How long ago, as a list shows it: `now`, `2m`, `5h`, `3d`, then the date. */
export function ago(at: string, now: number): string {
  const passed = Math.max(0, now - Date.parse(at));
  if (passed < MINUTE) return "now";
  if (passed < HOUR) return `${Math.floor(passed / MINUTE)}m`;
  if (passed < DAY) return `${Math.floor(passed / HOUR)}h`;
  if (passed < 7 * DAY) return `${Math.floor(passed / DAY)}d`;
  return shortDate(at, now);
}

/** The same said in words for assistive technology: `2 minutes ago`. */
export function agoInWords(at: string, now: number): string {
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: "auto" });
  const passed = Math.max(0, now - Date.parse(at));
  if (passed < HOUR) return relative.format(-Math.floor(passed / MINUTE), "minute");
  if (passed < DAY) return relative.format(-Math.floor(passed / HOUR), "hour");
  return relative.format(-Math.floor(passed / DAY), "day");
}

/** How old something read elsewhere is, to the second at first: `just now`, `40 s ago`, then as above. */
export function ageInWords(at: string, now: number): string {
  const seconds = Math.floor((now - Date.parse(at)) / 1000);
  if (seconds >= 60) return agoInWords(at, now);
  return seconds < 5 ? strings.justNow : strings.secondsAgo(seconds);
}

function shortDate(at: string, now: number): string {
  const date = new Date(at);
  return (date.getFullYear() === new Date(now).getFullYear() ? dayMonth : dayMonthYear).format(date);
}

/** A day in the reader's time zone, as a number that sorts: 20261122. */
export function dayNumber(at: string | number): number {
  const date = new Date(at);
  return date.getFullYear() * 10_000 + (date.getMonth() + 1) * 100 + date.getDate();
}

/** The words of a day divider. */
export function dayName(at: string, now: number): string {
  const day = dayNumber(at);
  if (day === dayNumber(now)) return strings.thread.today;
  const yesterday = new Date(now);
  yesterday.setDate(yesterday.getDate() - 1);
  if (day === dayNumber(yesterday.getTime())) return strings.thread.yesterday;
  const passed = now - Date.parse(at);
  return passed >= 0 && passed < 6 * DAY ? weekday.format(new Date(at)) : shortDate(at, now);
}

/** Time left: `17 h 04 m`, `42 m`, and to the second under two minutes: `1:09`. Past deadlines read `0:00`. */
export function timeLeft(milliseconds: number): string {
  const left = Math.max(0, milliseconds);
  if (left < 2 * MINUTE) {
    const seconds = Math.ceil(left / 1000);
    return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  }
  const hours = Math.floor(left / HOUR);
  const minutes = Math.floor((left % HOUR) / MINUTE);
  return hours > 0 ? `${hours} h ${String(minutes).padStart(2, "0")} m` : `${minutes} m`;
}

/** Playback time: `0:14`, `12:03`. */
export function playTime(seconds: number): string {
  const whole = Number.isFinite(seconds) ? Math.floor(seconds) : 0;
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

export function fileSize(bytes: number): string {
  const units = ["byte", "kilobyte", "megabyte", "gigabyte"] as const;
  const step = Math.min(units.length - 1, bytes < 1 ? 0 : Math.floor(Math.log(bytes) / Math.log(1000)));
  const value = bytes / 1000 ** step;
  const maximumFractionDigits = value < 10 && step > 0 ? 1 : 0;
  // The short form has no plural: "3 byte".
  const unitDisplay = step === 0 ? "long" : "short";
  return new Intl.NumberFormat(locale, { style: "unit", unit: units[step]!, unitDisplay, maximumFractionDigits }).format(value);
}

/** Up to two letters for an avatar; a phone number gives its country part. */
export function initials(name: string | null | undefined): string {
  const words = (name ?? "").trim().split(/\s+/u).filter(Boolean);
  const first = words[0];
  if (!first) return "?";
  if (/^\+?\d/u.test(first)) return first.slice(0, 3);
  const last = words.slice(1).findLast((word) => /^\p{L}/u.test(word));
  const letters = last ? [first, last] : [first];
  return letters.map((word) => Array.from(word)[0]!.toLocaleUpperCase(locale)).join("");
}

/** The given name, to address somebody; a phone number stays whole. */
export function firstName(name: string): string {
  if (/^\+?\d/u.test(name.trim())) return name.trim();
  return name.trim().split(/\s+/u)[0] ?? name;
}

/** What to call a customer: name, else phone, else the word for nobody. */
export function customerName(customer: { name?: string | null; phone?: string | null }): string {
  return customer.name?.trim() || (customer.phone ? spaced(customer.phone) : strings.nobody);
}
