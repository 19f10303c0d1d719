const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const fullMonths = ['january', 'february', 'march', 'april', 'may', 'june', 'july', 'august', 'september', 'october', 'november', 'december'];

/** A day as somebody types it: `5 4 2026`, `05-Apr-2026`, `5/4/2026`, `2026-04-05` → `2026-04-05`; undefined for what is no real day. */
export function dayFrom(text: string): string | undefined {
  const [first = '', month = '', last = '', ...others] = text.trim().split(/[\s\-/.]+/);
  const [day, year] = /^\d{4}$/.test(first) ? [last, first] : [first, last];
  const number = monthOf(month);
  if (others.length > 0 || number === undefined || !/^\d{4}$/.test(year) || !/^\d{1,2}$/.test(day) || !isRealDate(Number(year), number, Number(day))) return undefined;
  return `${year}-${String(number).padStart(2, '0')}-${day.padStart(2, '0')}`;
}

/** `4`, `Apr`, `april` → 4. */
export function monthOf(typed: string): number | undefined {
  const text = typed.toLowerCase().replace(/[.]$/, '');
  if (/^\d{1,2}$/.test(text)) return Number(text) >= 1 && Number(text) <= 12 ? Number(text) : undefined;
  const at = fullMonths.findIndex((full, index) => full === text || months[index] === text || (text === 'sept' && index === 8));
  return at < 0 ? undefined : at + 1;
}

export function isRealDate(year: number, month: number, day: number): boolean {
  const date = new Date(Date.UTC(year, month - 1, day));
  return date.getUTCFullYear() === year && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
}

/** Today in London, YYYY-MM-DD. */
export function londonToday(now: Date): string {
  return new Intl.DateTimeFormat('en-CA', { timeZone: 'Europe/London', year: 'numeric', month: '2-digit', day: '2-digit' }).format(now);
}

/** The London day of a FHIR date or dateTime, YYYY-MM-DD; undefined where it says no day. */
export function londonDayOf(text: string | undefined): string | undefined {
  if (text === undefined || Number.isNaN(Date.parse(text))) return undefined;
  if (/^\d{4}-\d{2}-\d{2}$/.test(text)) return text;
  return text.includes('T') ? londonToday(new Date(text)) : undefined;
}

/** Whole London days from then to now; 0 where nothing says when. */
export function daysSince(text: string | undefined, now: Date): number {
  const day = londonDayOf(text);
  return day === undefined ? 0 : Math.max(0, Math.round((Date.parse(londonToday(now)) - Date.parse(day)) / 86_400_000));
}

