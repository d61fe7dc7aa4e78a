/** Return a day or an instant as a day in words. */
export function asDay(text: string): string {
  const isDay = /^\d{4}-\d\d-\d\d$/.test(text);
  const format: Intl.DateTimeFormatOptions = { weekday: "long", day: "numeric", month: "long" };
  return new Date(text).toLocaleDateString(navigator.language, isDay ? { ...format, timeZone: "UTC" } : format);
}

/** Return a local time without an offset, as the API has it, in words. */
export function asTime(local: string): string {
  const format: Intl.DateTimeFormatOptions = { weekday: "long", day: "numeric", month: "long", hour: "numeric", minute: "2-digit" };
  return new Date(`${local.slice(0, 16)}Z`).toLocaleString(navigator.language, { ...format, timeZone: "UTC" });
}

/** Return the day of today by the clock of this phone. */
export function today(): string {
  const now = new Date();
  return new Date(now.getTime() - now.getTimezoneOffset() * 60_000).toISOString().slice(0, 10);
}

/** Return the name of a weekday, such as `tue`. */
export function weekday(id: string): string {
  const place = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"].indexOf(id);
  // The fifth of January 1970 was a Monday.
  return new Date((4 + place) * 86_400_000).toLocaleDateString(navigator.language, { weekday: "long", timeZone: "UTC" });
}

/** Returns the day a week before one, both as `2027-01-04`. */
export function weekBefore(day: string): string {
  return new Date(Date.parse(day) - 7 * 86_400_000).toISOString().slice(0, 10);
}
