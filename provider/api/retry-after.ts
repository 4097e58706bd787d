/** Milliseconds to wait by `Retry-After` (RFC 9110, 10.2.3); a date is reckoned from the answer's own `Date`. */
export function parseRetryAfter(header: string | null, date: string | null): number | undefined {
  if (header === null) return undefined;
  if (/^\d+$/.test(header)) return Number(header) * 1000;
  const untilMs = parseHttpDate(header);
  const nowMs = date === null ? undefined : parseHttpDate(date);
  return untilMs === undefined || nowMs === undefined ? undefined : Math.max(0, untilMs - nowMs);
}

const MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");
const [DAY, MONTH, TIME] = ["(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)", `(${MONTHS.join("|")})`, "(\\d\\d):(\\d\\d):(\\d\\d)"];
const LONG_DAY = "(?:Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday)";

/** `Sun, 06 Nov 1994 08:49:37 GMT`, and the two older forms, which a reader has to take still. */
const IMF_FIXDATE = new RegExp(`^${DAY}, (\\d\\d) ${MONTH} (\\d{4}) ${TIME} GMT$`);
/** `Sunday, 06-Nov-94 08:49:37 GMT`. */
const RFC_850 = new RegExp(`^${LONG_DAY}, (\\d\\d)-${MONTH}-(\\d\\d) ${TIME} GMT$`);
/** `Sun Nov  6 08:49:37 1994`. */
const ASCTIME = new RegExp(`^${DAY} ${MONTH} ((?: |\\d)\\d) ${TIME} (\\d{4})$`);

/** The last date that was read: many answers of one second have the same. */
let last: { text: string; ms: number | undefined } | undefined;

/** An HTTP date (RFC 9110, 5.6.7) in milliseconds since the epoch. `Date.parse` takes much more. */
export function parseHttpDate(text: string): number | undefined {
  if (last?.text !== text) last = { text, ms: readHttpDate(text) };
  return last.ms;
}

function readHttpDate(text: string): number | undefined {
  const newer = IMF_FIXDATE.exec(text) ?? RFC_850.exec(text);
  if (newer !== null) {
    const [, day, month, year, ...time] = newer;
    return reckon(fullYear(year ?? ""), month, day, time);
  }
  const [, month, day, hour, minute, second, year] = ASCTIME.exec(text) ?? [];
  if (year === undefined) return undefined;
  return reckon(Number(year), month, day, [hour, minute, second]);
}

function reckon(
  year: number,
  monthName: string | undefined,
  day: string | undefined,
  time: readonly (string | undefined)[],
): number | undefined {
  const month = MONTHS.indexOf(monthName ?? "");
  const [hour = NaN, minute = NaN, second = NaN] = time.map(Number);
  // 60 is a leap second.
  if (!(hour < 24 && minute < 60 && second <= 60)) return undefined;
  const midnight = new Date(0);
  midnight.setUTCFullYear(year, month, Number(day));
  // The 31st of a shorter month would become a day of the next.
  if (midnight.getUTCDate() !== Number(day)) return undefined;
  return midnight.getTime() + ((hour * 60 + minute) * 60 + second) * 1000;
}

/** A year of two digits is of this century, unless it would be more than 50 years from now. */
function fullYear(year: string): number {
  if (year.length === 4) return Number(year);
  const thisYear = new Date().getUTCFullYear();
  const guess = thisYear - (thisYear % 100) + Number(year);
  return guess > thisYear + 50 ? guess - 100 : guess;
}
