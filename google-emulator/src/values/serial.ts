/** Serial dates: days since 1899-12-30, the fraction being the time of day; no time zone inside. */
const EPOCH_MS = Date.UTC(1899, 11, 30);
const DAY_MS = 86_400_000;

export function serialNow(nowMs: number): number {
  return (nowMs - EPOCH_MS) / DAY_MS;
}

/** The serial of a date's wall clock in UTC. */
export function dateToSerial(date: Date): number {
  return (date.getTime() - EPOCH_MS) / DAY_MS;
}

export function serialOf(year: number, month: number, day: number): number {
  return (Date.UTC(year, month - 1, day) - EPOCH_MS) / DAY_MS;
}

export function yearOf(serial: number): number {
  return new Date(EPOCH_MS + serial * DAY_MS).getUTCFullYear();
}
