import type { Problem } from '../../fhir/problem.ts';
import { isRealDate } from '../is-real-date.ts';
import type { Column } from '../types.ts';
import { readSheetDate } from './sheet-date.ts';

/** What is wrong with a cell that has a value, told without the value; undefined when it is right. */
export function checkCell(column: Column, value: string): Pick<Problem, 'code' | 'text' | 'expected'> | undefined {
  if (column.maxLength !== undefined && value.length > column.maxLength && [...value].length > column.maxLength) {
    return { code: 'value-too-long', text: `"${column.header}" is longer than ${column.maxLength} characters.`, expected: `at most ${column.maxLength} characters` };
  }
  if (/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/.test(value)) {
    return { code: 'control-character', text: `"${column.header}" holds a control character.` };
  }
  switch (column.format) {
    case 'date': return checkDate(column, value, /^(\d{4})-(\d{2})-(\d{2})$/, 'yyyy-MM-dd');
    case 'dateTime': return checkDate(column, value, /^(\d{4})-(\d{2})-(\d{2})[T ](?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d)?$/, 'yyyy-MM-dd HH:mm:ss');
    case 'time': return checkPattern(column, value, /^(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d)?$/, 'time-format', 'a time written as HH:mm:ss');
    case 'sheet-date': return checkSheetDate(column, value);
    case 'integer': return checkPattern(column, value, /^-?\d{1,15}$/, 'number-format', 'a whole number');
    case 'decimal': return checkPattern(column, value, /^-?\d{1,15}(\.\d{1,10})?$/, 'number-format', 'a number with a decimal point, without thousands separators');
    case 'boolean': return checkPattern(column, value, /^(true|false|yes|no|y|n|0|1)$/i, 'boolean-format', 'true or false');
    case 'nhs-number': return checkPattern(column, value, /^\d{3}[ -]?\d{3}[ -]?\d{4}$/, 'nhs-number-format', 'ten digits');
    case 'code': return checkPattern(column, value, /^\S+( \S+)*$/, 'code-format', 'a code without repeated spaces');
    default: return undefined;
  }
}

function checkPattern(column: Column, value: string, pattern: RegExp, code: string, expected: string): Pick<Problem, 'code' | 'text' | 'expected'> | undefined {
  return pattern.test(value) ? undefined : { code, text: `"${column.header}" is not ${expected}.`, expected };
}

function checkDate(column: Column, value: string, pattern: RegExp, expected: string): Pick<Problem, 'code' | 'text' | 'expected'> | undefined {
  const [, year = '', month = '', day = ''] = pattern.exec(value) ?? [];
  if (!year) {
    const dayFirst = /^\d{1,2}[/.-]\d{1,2}[/.-]\d{4}/.test(value);
    const text = `"${column.header}" is not written as ${expected}${dayFirst ? '; it is written with the year last, so day and month may be swapped' : ''}.`;
    return { code: 'date-format', text, expected };
  }
  if (isRealDate(Number(year), Number(month), Number(day))) return undefined;
  const swapped = isRealDate(Number(year), Number(day), Number(month));
  return { code: 'date-not-real', text: `"${column.header}" is a date that does not exist${swapped ? '; day and month may be swapped' : ''}.`, expected };
}

const sheetForms = 'dd/mm/yyyy, yyyy-mm-dd or a spreadsheet\'s own day number';

function checkSheetDate(column: Column, value: string): Pick<Problem, 'code' | 'text' | 'expected'> | undefined {
  const read = readSheetDate(value);
  if ('date' in read) return undefined;
  const text = read.wrong === 'date-format' ? `"${column.header}" is not written as a date with a year of four digits.` : `"${column.header}" is a date that does not exist${read.swapped ? '; day and month may be swapped' : ''}.`;
  return { code: read.wrong, text, expected: sheetForms };
}
