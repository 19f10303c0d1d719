import type { Problem } from '../../fhir/problem.ts';

/** The separators a message declares in MSH-1 and MSH-2; a fifth mark there, for cut values (HL7 v2.7), separates nothing. Source: HL7 v2.4 chapter 2.8. */
export interface Delimiters {
  field: string;
  component: string;
  repetition: string;
  escape: string;
  subcomponent: string;
}

/** Reads MSH-1 and MSH-2. Refused: none, letters or digits, one character with two meanings. */
export function readDelimiters(header: string): Delimiters | Pick<Problem, 'code' | 'text' | 'expected'> {
  const field = header[3] ?? '';
  const end = field === '' ? -1 : header.indexOf(field, 4);
  const encoding = end < 0 ? header.slice(4) : header.slice(4, end);
  const [component = '', repetition = '', escape = '', subcomponent = ''] = encoding;
  const marks = [field, ...encoding];
  const usable = marks.every((mark) => /^[!-/:-@[-`{-~]$/.test(mark)) && new Set(marks).size === marks.length && (marks.length === 5 || marks.length === 6);
  if (usable) return { field, component, repetition, escape, subcomponent };
  return { code: 'hl7-delimiters', text: 'MSH-1 and MSH-2 do not declare five different separators.', expected: 'MSH|^~\\&|' };
}
