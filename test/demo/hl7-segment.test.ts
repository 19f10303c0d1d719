import { components, headerSegment, repetitions, segment } from '../../src/demo/hl7-segment.ts';

describe('writing HL7 v2 segments', () => {
  it('puts every field at its number', () => {
    expect(segment('ZU1', { 22: 'Y', 24: '20260507090000' }).split('|')).toEqual(['ZU1', ...Array(21).fill(''), 'Y', '', '20260507090000']);
  });

  it('counts the separator itself as MSH-1', () => {
    expect(headerSegment({ 3: 'PAS', 9: 'ADT^A01^ADT_A01' })).toBe('MSH|^~\\&|PAS||||||ADT^A01^ADT_A01');
  });

  it.each([
    ['without trailing empty components', ['H1', undefined, undefined, 'RRK', undefined], 'H1^^^RRK'],
    ['with separators of the text escaped', ['a|b^c~d&e\\f'], 'a\\F\\b\\S\\c\\R\\d\\T\\e\\E\\f'],
    ['nothing at all', [undefined, ''], ''],
  ])('writes components %s', (_, parts, text) => {
    expect(components(...parts)).toBe(text);
  });

  it('leaves empty repetitions and fields out', () => {
    expect(repetitions(undefined, '1^^^NHS', '')).toBe('1^^^NHS');
    expect(segment('NK1', { 1: '1', 5: '', 7: undefined })).toBe('NK1|1');
  });
});
