import { addedCodes } from '../../src/flow/feeds/added-codes.ts';

const header = 'source,system,code,display,note\n';
const files = (changes: Readonly<Record<string, string | undefined>> = {}): Map<string, string> =>
  new Map(Object.entries({ 'cld/kind.json': '{}', 'cld/client.map': 'map', 'cld/tables/sex.csv': `${header}1,s,male,,\n`, 'cld/tables/words.loose.csv': `${header}one,s,1,,\n`, ...changes }).flatMap(([path, text]) => (text === undefined ? [] : [[path, text]])));

it('codes a table has in addition are told with the table', () => {
  expect(addedCodes(files(), files({ 'cld/tables/sex.csv': `${header}2,s,female,,\n1,s,male,,another note\nX 9,s,other,,\n` }))).toEqual({ codes: ['2', 'X 9'], tables: ['tables/sex.csv'] });
  expect(addedCodes(files(), files({ 'cld/tables/sex.csv': `${header}1,s,male,,another note\n` }))).toEqual({ codes: [], tables: [] });
});

it.each<[string, Readonly<Record<string, string | undefined>>]>([
  ['a row that changed', { 'cld/tables/sex.csv': `${header}1,s,female,,\n2,s,male,,\n` }],
  ['a row that went', { 'cld/tables/sex.csv': `${header}2,s,female,,\n` }],
  ['a row for all others', { 'cld/tables/sex.csv': `${header}1,s,male,,\n*,s,unknown,,\n` }],
  ['a code that a format may escape', { 'cld/tables/sex.csv': `${header}1,s,male,,\nm&f,s,other,,\n` }],
  ['a table that compares loosely', { 'cld/tables/words.loose.csv': `${header}one,s,1,,\ntwo,s,2,,\n` }],
  ['a table that is new', { 'cld/tables/more.csv': `${header}1,s,male,,\n` }],
  ['a table that went', { 'cld/tables/sex.csv': undefined }],
  ['a map', { 'cld/client.map': 'another map' }],
  ['a kind', { 'cld/kind.json': '{"x":1}', 'cld/tables/sex.csv': `${header}1,s,male,,\n2,s,female,,\n` }],
  ['too many codes', { 'cld/tables/sex.csv': `${header}1,s,male,,\n${Array.from({ length: 1001 }, (_, n) => `X${n},s,other,,\n`).join('')}` }],
])('%s may change anybody', (_, changes) => expect(addedCodes(files(), files(changes))).toBeNull());
