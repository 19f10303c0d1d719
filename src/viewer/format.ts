import type { Address, CodeableConcept, Coding, ContactPoint, HumanName, Identifier, Period, Quantity, Reference } from '@medplum/fhirtypes';

/**
 * How things are written on clinical screens, in one place: NHS Common User Interface rules and the NHS digital service
 * manual (dates 05-Apr-2026, 24-hour times, NHS numbers 3-3-4, family name in capitals). Times are London times.
 */

/** A value nobody gave. Never blank, `-` or `?`; and never "none", which would be a statement. */
export const notRecorded = 'Not recorded';
export const notKnown = 'Not known';

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const zone = 'Europe/London';
const wallClock = new Intl.DateTimeFormat('en-GB', {
  timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23',
});

interface Moment {
  year: string;
  month?: string | undefined;
  day?: string | undefined;
  time?: string | undefined;
}

/** FHIR date, dateTime or instant, of any precision; undefined where the text is none of them. */
function momentOf(text: string): Moment | undefined {
  const date = /^(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?$/.exec(text);
  if (date?.[1]) return { year: date[1], month: date[2], day: date[3] };
  const at = Date.parse(text);
  if (!/^\d{4}-\d{2}-\d{2}T/.test(text) || Number.isNaN(at)) return undefined;
  const parts = Object.fromEntries(wallClock.formatToParts(at).map(({ type, value }) => [type, value]));
  return { year: parts['year'] ?? '', month: parts['month'], day: parts['day'], time: `${parts['hour'] ?? ''}:${parts['minute'] ?? ''}` };
}

/** `05-Apr-2026`, or as much of it as was recorded: `Apr-2026`, `2026`. */
export function formatDate(text: string | undefined): string {
  if (text === undefined || text === '') return notRecorded;
  const moment = momentOf(text);
  return moment ? dateOf(moment) : text;
}

/** A sentence of the gateway, which writes days as 2027-03-31, with its days as they are written here. */
export function formatDatesIn(text: string): string {
  return text.replaceAll(/(?<![\w-])\d{4}-\d{2}-\d{2}(?![\w-])/g, (day) => formatDate(day));
}

/** `05-Apr-2026 09:05`; a date without a time stays a date. */
export function formatDateTime(text: string | undefined): string {
  if (text === undefined || text === '') return notRecorded;
  const moment = momentOf(text);
  if (!moment) return text;
  return moment.time === undefined ? dateOf(moment) : `${dateOf(moment)} ${moment.time}`;
}

/** `05-Apr-2026 09:05:30`: to the second, as the access log tells it. */
export function formatMoment(text: string | undefined): string {
  const whole = formatDateTime(text);
  const at = instantOf(text);
  if (at === undefined || momentOf(text ?? '')?.time === undefined) return whole;
  return `${whole}:${wallClock.formatToParts(at).find(({ type }) => type === 'second')?.value ?? '00'}`;
}

function dateOf({ year, month, day }: Moment): string {
  return [day, month === undefined ? undefined : (months[Number(month) - 1] ?? month), year].filter((part) => part !== undefined).join('-');
}

/** `11-May-2026 to 04-Jun-2026`; an open end is said, not left out. */
export function formatPeriod(period: Period | undefined): string {
  if (period?.start === undefined && period?.end === undefined) return notRecorded;
  if (period.end === undefined) return `Since ${formatDate(period.start)}`;
  if (period.start === undefined) return `Until ${formatDate(period.end)}`;
  const [start, end] = [formatDate(period.start), formatDate(period.end)];
  return start === end ? start : `${start} to ${end}`;
}

/** Milliseconds since the epoch, for sorting; a date of less precision counts from its first day. */
export function instantOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : at;
}

/**
 * `81y` on the day `now`, or at death; undefined where the birth date is not a whole date. The very young in the units of
 * the Common User Interface: days up to four weeks, weeks up to a year, months up to two.
 */
export function formatAge(birthDate: string | undefined, now: Date, died?: string): string | undefined {
  const born = birthDate === undefined ? undefined : momentOf(birthDate);
  const until = momentOf(died ?? now.toISOString());
  if (!born?.day || !born.month || !until?.day || !until.month) return undefined;
  const whole = Number(until.year) - Number(born.year);
  const years = `${until.month}-${until.day}` < `${born.month}-${born.day}` ? whole - 1 : whole;
  if (years < 0) return undefined;
  if (years >= 2) return `${years}y`;
  if (years >= 1) return `${whole * 12 + Number(until.month) - Number(born.month) - (until.day < born.day ? 1 : 0)}m`;
  const days = (Date.UTC(Number(until.year), Number(until.month) - 1, Number(until.day)) - Date.UTC(Number(born.year), Number(born.month) - 1, Number(born.day))) / 86_400_000;
  if (days < 0) return undefined;
  return days < 28 ? `${days}d` : `${Math.floor(days / 7)}w`;
}

/** `OKAFOR, Alice (Mrs)`: family name in capitals, given names, title. */
export function formatName(name: HumanName | undefined): string {
  if (!name) return notRecorded;
  const given = inOrdinaryCase((name.given ?? []).join(' '));
  const title = inOrdinaryCase((name.prefix ?? []).join(' '));
  const family = (name.family ?? '').toUpperCase();
  const whole = [family, given].filter((part) => part !== '').join(', ');
  if (whole === '') return name.text ?? notRecorded;
  return title === '' ? whole : `${whole} (${title})`;
}

/** `MARY-ANN` → `Mary-Ann`: many systems send all in capitals. With a small letter in it, or of one letter, as it is. */
function inOrdinaryCase(text: string): string {
  return /\p{Ll}/u.test(text) ? text : text.replaceAll(/(\p{Lu})([\p{Lu}\p{M}]+)/gu, (_, first: string, more: string) => `${first}${more.toLowerCase()}`);
}

/** The official name, else the usual one, else the first; never an old one. */
export function mainName(names: readonly HumanName[] | undefined): HumanName | undefined {
  const current = (names ?? []).filter(({ use }) => use !== 'old' && use !== 'maiden');
  return current.find(({ use }) => use === 'official') ?? current.find(({ use }) => use === 'usual') ?? current[0];
}

/** What the person likes to be called, where it differs from the main name. */
export function preferredName(names: readonly HumanName[] | undefined): string | undefined {
  const main = mainName(names);
  const other = (names ?? []).find((name) => name !== main && (name.use === 'usual' || name.use === 'nickname'));
  const text = other ? (inOrdinaryCase((other.given ?? []).join(' ')) || other.text) : undefined;
  return text === undefined || text === inOrdinaryCase((main?.given ?? []).join(' ')) ? undefined : text;
}

/** `999 100 0011`; anything that is not ten digits stays as it is. */
export function formatNhsNumber(value: string | undefined): string {
  if (value === undefined || value === '') return notRecorded;
  return /^\d{10}$/.test(value) ? `${value.slice(0, 3)} ${value.slice(3, 6)} ${value.slice(6)}` : value;
}

const genders: Readonly<Record<string, string>> = { male: 'Male', female: 'Female', other: 'Other', unknown: notKnown };

/** FHIR administrative gender in full. */
export function formatGender(code: string | undefined): string {
  return code === undefined ? notRecorded : (genders[code] ?? code);
}

/** One line, parts as recorded. */
export function formatAddress(address: Address | undefined): string {
  if (!address) return notRecorded;
  const parts = [...(address.line ?? []), address.city, address.district, address.postalCode].filter((part) => part !== undefined && part !== '');
  return parts.length === 0 ? (address.text ?? notRecorded) : parts.join(', ');
}

const contactUses: Readonly<Record<string, string>> = { home: 'home', work: 'work', mobile: 'mobile', temp: 'temporary', old: 'no longer used' };

/** `temp` → `temporary`; undefined where nothing says. */
export function formatContactUse(use: string | undefined): string | undefined {
  return use === undefined ? undefined : (contactUses[use] ?? use);
}

/** `0121 496 0123 (home)`, the value exactly as recorded. */
export function formatContactPoint(point: ContactPoint): string {
  const use = formatContactUse(point.use);
  return `${point.value ?? notRecorded}${use === undefined ? '' : ` (${use})`}`;
}

/** The words the sender used, else the terminology's, else the code itself. */
export function formatConcept(concept: CodeableConcept | undefined): string {
  if (!concept) return notRecorded;
  return firstText(concept.text, concept.coding?.find(({ display }) => display !== undefined)?.display, concept.coding?.find(({ code }) => code !== undefined)?.code) ?? notRecorded;
}

export function formatCoding(coding: Coding | undefined): string {
  return firstText(coding?.display, coding?.code) ?? notRecorded;
}

export function formatReference(reference: Reference | undefined): string {
  return firstText(reference?.display, reference?.identifier?.value) ?? notRecorded;
}

export function formatIdentifier(identifier: Identifier): string {
  return identifier.value ?? notRecorded;
}

/** A space before the unit, the number exactly as given. */
export function formatQuantity(quantity: Quantity | undefined): string {
  if (quantity?.value === undefined) return notRecorded;
  return [quantity.comparator, String(quantity.value), firstText(quantity.unit, quantity.code)].filter((part) => part !== undefined).join(' ');
}

/** `neighbourhood-team` → `Neighbourhood team`: a code in words where nothing better is at hand. */
export function wordsOf(code: string): string {
  const words = code.replace(/([a-z])([A-Z])/g, '$1 $2').replaceAll(/[-_]+/g, ' ').toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** `Direct care` → `direct care` inside a sentence; an abbreviation or a name of capitals stays. */
export function lowerFirst(text: string): string {
  return /^[A-Z][a-z ]/.test(text) ? text.charAt(0).toLowerCase() + text.slice(1) : text;
}

function firstText(...texts: (string | undefined)[]): string | undefined {
  return texts.find((text) => text !== undefined && text.trim() !== '');
}
