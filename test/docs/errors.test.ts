import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { categories } from '../../src/fhir/problem.ts';
import { scanProblemCodes } from './scan-problem-codes.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

interface Documented {
  code: string;
  category: string;
  status: string;
  meaning: string;
  mend: string;
}

const documented = readFileSync(`${root}docs/errors.md`, 'utf8').split('\n').flatMap((line): Documented[] => {
  const [, code, category = '', status = '', meaning = '', mend = ''] = /^\| `([^`]+)` \| ([^|]+) \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$/.exec(line) ?? [];
  return code === undefined ? [] : [{ code, category, status, meaning, mend }];
});
const used = scanProblemCodes(root);
const elsewhere = ['Task', 'file', 'entry', 'message', 'start', 'command'];

describe('docs/errors.md', () => {
  it('lists every code the gateway can say, and only those', () => {
    expect(documented.length).toBeGreaterThan(150);
    const known = new Set(documented.map(({ code }) => code));
    const codes = new Set(used.map(({ code }) => code));
    expect([...new Set(used.filter(({ code }) => !known.has(code)).map(({ code, file }) => `${code} (${file})`))]).toEqual([]);
    expect(documented.filter(({ code }) => !codes.has(code)).map(({ code }) => code)).toEqual([]);
  });

  it('lists each once, with a sentence on what it means and one on how to mend it', () => {
    expect(documented.map(({ code }) => code).filter((code, place, all) => all.indexOf(code) !== place)).toEqual([]);
    expect(documented.filter(({ meaning, mend }) => !/[.:]$/.test(meaning.trim()) || !/\.$/.test(mend.trim())).map(({ code }) => code)).toEqual([]);
  });

  it('gives the category the source gives, and the status the category has', () => {
    const said = new Map(documented.map(({ code, category }) => [code, category]));
    expect(used.filter(({ code, category }) => category !== undefined && category !== said.get(code) && !validation.has(code)).map(({ code, category, file }) => `${code} is ${category} in ${file}`)).toEqual([]);
    const statusOf = (category: string): string => String(Object.hasOwn(categories, category) ? categories[category as keyof typeof categories].status : 'unknown category');
    expect(documented.filter(({ code, category, status }) => !elsewhere.includes(status) && !validation.has(code) && statusOf(category) !== status).map(({ code }) => code)).toEqual([]);
    expect(documented.filter(({ category }) => !Object.hasOwn(categories, category)).map(({ code }) => code)).toEqual([]);
  });
});

/** What validation finds in a resource is answered as 422 whatever its category, because the request itself was understood. */
const validation = new Set(readFileSync(`${root}docs/errors.md`, 'utf8').split('## Validation')[1]?.split('\n## ')[0]?.match(/(?<=^\| `)[^`]+/gm) ?? []);

describe('the scan', () => {
  it.each([
    ['a whole Problem', 'token-missing'], ['a part of one', 'value-missing'], ['a choice between two', 'csv-quote-not-closed'], ['a variable', 'segment-malformed'],
    ['an argument', 'csv-column-twice'], ['a map compiler\'s report', 'unknown-group'], ['a map\'s failure', 'cardinality'], ['a notice', 'withheld'],
  ])('sees a code written as %s', (_, code) => {
    expect(used.map((use) => use.code)).toContain(code);
  });

  it('takes no code of FHIR, no event of the log and no rule for one of ours', () => {
    const codes = new Set(used.map(({ code }) => code));
    for (const other of ['suppressed', 'not-supported', 'batch-failed', 'link-nhs-01', 'request-finished', 'history-instance', 'patient-privacy', 'mental-health']) expect(codes).not.toContain(other);
  });
});
