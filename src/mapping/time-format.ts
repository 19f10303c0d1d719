/** A moment as its text says it: what is not said is absent. */
export interface Moment {
  year?: number;
  month?: number;
  day?: number;
  hour?: number;
  minute?: number;
  second?: number;
  /** digits after the decimal point of the seconds */
  fraction?: string;
  /** minutes from UTC */
  offset?: number;
}

type Part = 'year' | 'month' | 'monthName' | 'day' | 'hour' | 'hour12' | 'minute' | 'second' | 'fraction' | 'half' | 'offset';

const codes: Record<string, [pattern: string, part: Part]> = {
  yyyy: ['(\\d{4})', 'year'], MM: ['(\\d{2})', 'month'], M: ['(\\d{1,2})', 'month'], MMM: ['([A-Za-z]{3})', 'monthName'],
  dd: ['(\\d{2})', 'day'], d: ['(\\d{1,2})', 'day'], HH: ['(\\d{2})', 'hour'], H: ['(\\d{1,2})', 'hour'],
  hh: ['(\\d{2})', 'hour12'], h: ['(\\d{1,2})', 'hour12'], mm: ['(\\d{2})', 'minute'], ss: ['(\\d{2})', 'second'],
  S: ['(\\d{1,9})', 'fraction'], Z: ['(Z|[+-]\\d{2}:?\\d{2})', 'offset'], a: ['([AaPp][Mm])', 'half'],
};
const named: Record<string, string> = {
  iso: "yyyy[-MM[-dd['T'HH:mm[:ss[.S]][Z]]]]",
  hl7: 'yyyy[MM[dd[HHmm[ss[.S]]]]][Z]',
  'iso-time': 'HH:mm[:ss[.S]]',
  'hl7-time': 'HHmm[ss[.S]][Z]',
};
const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const pieces = /\[|\]|'([^']*)'|([A-Za-z])\2*|[^A-Za-z[\]']/gy;

/**
 * Compiles a date format: yyyy MM M MMM dd d HH H hh h mm ss S Z a, 'literal text', [optional part], or one of the
 * names iso, hl7, iso-time, hl7-time. Answers undefined for anything else; two-digit years are refused as ambiguous.
 * The reader answers undefined when a text does not have the format; it does not check the calendar.
 */
export function timeFormat(format: string): ((text: string) => Moment | undefined) | undefined {
  const compiled = compilePattern(Object.hasOwn(named, format) ? (named[format] ?? '') : format);
  if (!compiled) return undefined;
  const { pattern, parts } = compiled;
  return (text) => {
    const found = pattern.exec(text);
    if (!found) return undefined;
    const moment: Moment = {};
    let half = '';
    for (let index = 0; index < parts.length; index += 1) {
      const value = found[index + 1];
      const part = parts[index];
      if (value === undefined || part === undefined) continue;
      if (part === 'half') half = value.toLowerCase();
      else if (!setPart(moment, part, value)) return undefined;
    }
    if (half !== '') return toHalf(moment, half);
    return moment;
  };
}

function compilePattern(format: string): { pattern: RegExp; parts: Part[] } | undefined {
  const parts: Part[] = [];
  let source = '';
  let open = 0;
  let end = 0;
  for (const piece of format.matchAll(pieces)) {
    end = piece.index + piece[0].length;
    if (piece[0] === '[') {
      source += '(?:';
      open += 1;
    } else if (piece[0] === ']') {
      source += ')?';
      open -= 1;
    } else if (piece[2] !== undefined) {
      const code = codes[/^S+$/.test(piece[0]) ? 'S' : piece[0]];
      if (!code) return undefined;
      source += code[0];
      parts.push(code[1]);
    } else source += (piece[1] ?? piece[0]).replace(/[.*+?^${}()|\\/-]/g, '\\$&');
    if (open < 0) return undefined;
  }
  if (end !== format.length || open !== 0 || parts.length === 0) return undefined;
  return { pattern: new RegExp(`^${source}$`), parts };
}

function setPart(moment: Moment, part: Exclude<Part, 'half'>, value: string): boolean {
  switch (part) {
    case 'fraction':
      moment.fraction = value;
      return true;
    case 'offset':
      return setOffset(moment, value);
    case 'monthName': {
      const index = months.indexOf(value.toLowerCase());
      moment.month = index + 1;
      return index >= 0;
    }
    case 'hour12':
      moment.hour = Number(value);
      return moment.hour >= 1 && moment.hour <= 12;
    default:
      moment[part] = Number(value);
      return true;
  }
}

function setOffset(moment: Moment, value: string): boolean {
  if (value === 'Z') {
    moment.offset = 0;
    return true;
  }
  const digits = value.slice(1).replace(':', '');
  const minutes = Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2));
  moment.offset = value.startsWith('-') ? -minutes : minutes;
  return minutes <= 14 * 60 && Number(digits.slice(2)) < 60;
}

function toHalf(moment: Moment, half: string): Moment | undefined {
  if (moment.hour === undefined) return undefined;
  return { ...moment, hour: (moment.hour % 12) + (half === 'pm' ? 12 : 0) };
}
