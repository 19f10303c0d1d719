import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadSensitiveCodes, sensitiveCodesFolder } from '../../src/intake/sensitive-code-files.ts';
import { importSensitiveCodes } from '../../src/flow/intake/import-sensitive-codes.ts';
import type { Problem } from '../../src/fhir/problem.ts';
import { heapAfterCollection } from '../heap.ts';
import { projectRoot } from './adt.ts';

const header = 'system,code,display,label,source,note';
const sct = 'http://snomed.info/sct';
const good = `${sct},86406008,HIV infection,HIV,a list,`;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'onestory-codes-'));
  mkdirSync(join(folder, sensitiveCodesFolder));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const set = (name: string, ...lines: string[]): void => writeFileSync(join(folder, sensitiveCodesFolder, name), [header, ...lines, ''].join('\n'));
const load = (): ReturnType<typeof loadSensitiveCodes> => loadSensitiveCodes(join(folder, sensitiveCodesFolder));
function mistakes(): string[] {
  const loaded = load();
  return 'problems' in loaded ? loaded.problems.map(({ code, text, at }) => `${at?.file}:${at?.line}:${at?.column} ${text} [${code}]`) : [];
}

describe('code sets', () => {
  it('that ship can be loaded and cover the five topics no record may tell', () => {
    const shipped = loadSensitiveCodes(join(projectRoot, 'mappings', sensitiveCodesFolder));
    if ('problems' in shipped) throw new Error(JSON.stringify(shipped.problems));
    const labels = new Set(shipped.codes.flatMap((each) => each.labels));
    for (const label of ['HIV', 'STD', 'SEX', 'GENDER', 'PSY']) expect(labels).toContain(label);
    expect(shipped.codes.length).toBeGreaterThan(50);
  });

  it('of several files are taken together, a line with several labels, spaces and quotes', () => {
    set('one.csv', good, '');
    set('two.csv', `${sct},386639001,"Termination, of pregnancy", SEX legal-restriction ,a list,checked`);
    expect(load()).toEqual({ codes: [{ system: sct, code: '86406008', labels: ['HIV'] }, { system: sct, code: '386639001', labels: ['SEX', 'legal-restriction'] }] });
  });

  it('are refused with every mistake of every file at once, by file, line and column', () => {
    set('one.csv', good, `${sct},86406009,wrong digit,HIV,a list,`, `${sct},62479008,AIDS,SECRET,,`, good, 'not a uri,X1,x,HIV,a list,', `${sct},15628003,short,HIV`);
    set('two.csv', 'http://hl7.org/fhir/sid/icd-10,B2*,too short,HIV,a list,', `${sct},8640*,beginning,HIV,a list,`, 'http://terminology.hl7.org/CodeSystem/v3-ActCode,AMB,x,HIV,a list,', `${sct},76272004,,HIV HIV,a list,`, 'http://hl7.org/fhir/sid/icd-10,B20.1,x,LOCIS,a list,', 'http://hl7.org/fhir/sid/icd-10,b201,x,HIV,a list,');
    writeFileSync(join(folder, sensitiveCodesFolder, 'notes.txt'), 'x');
    writeFileSync(join(folder, sensitiveCodesFolder, 'three.csv'), 'code,label\n');
    writeFileSync(join(folder, sensitiveCodesFolder, 'four.csv'), `${header}\n${sct},1,"open,HIV,a,\n`);
    expect(mistakes().map((told) => told.replace(/ .*\[/, ' ['))).toEqual([
      'sensitive-codes/four.csv:2:1', 'sensitive-codes/notes.txt:1:1',
      'sensitive-codes/one.csv:3:2', 'sensitive-codes/one.csv:4:4', 'sensitive-codes/one.csv:4:5', 'sensitive-codes/one.csv:5:2', 'sensitive-codes/one.csv:6:1',
      'sensitive-codes/one.csv:7:4', 'sensitive-codes/one.csv:7:5',
      'sensitive-codes/three.csv:1:1',
      'sensitive-codes/two.csv:2:2', 'sensitive-codes/two.csv:3:2', 'sensitive-codes/two.csv:4:1', 'sensitive-codes/two.csv:5:3', 'sensitive-codes/two.csv:5:4', 'sensitive-codes/two.csv:6:4', 'sensitive-codes/two.csv:7:2',
    ].map((place) => `${place} [sensitive-codes-invalid]`));
  });

  it('that are not there at all stop the start: nothing would be sensitive', () => {
    expect('problems' in loadSensitiveCodes(join(folder, 'nowhere'))).toBe(true);
  });
});

describe('importing a list', () => {
  const refused: Problem[] = [];
  beforeEach(() => { refused.length = 0; });
  const list = (text: string): string => {
    const file = join(folder, 'list');
    writeFileSync(file, text);
    return file;
  };
  const run = (text: string, more: Partial<Parameters<typeof importSensitiveCodes>[0]> = {}): ReturnType<typeof importSensitiveCodes> =>
    importSensitiveCodes({ file: list(text), mappings: folder, set: 'hiv', label: 'HIV', system: sct, refset: null, source: 'a list', ...more }, (problem) => refused.push(problem));
  const written = (): string[] => readFileSync(join(folder, sensitiveCodesFolder, 'hiv.csv'), 'utf8').trim().split('\n');

  const rf2 = (...members: [active: string, refset: string, concept: string][]): string =>
    [['id', 'effectiveTime', 'active', 'moduleId', 'refsetId', 'referencedComponentId'], ...members.map(([active, refset, concept], n) => [`${n}`, '20240101', active, '999000011000000103', refset, concept])].map((cells) => cells.join('\t')).join('\r\n');

  it('takes the active members of a reference set, sorted, and does nothing when it is done again', async () => {
    const text = rf2(['1', '11', '86406008'], ['0', '11', '165816005'], ['1', '22', '76272004'], ['1', '11', '62479008'], ['1', '11', '62479009']);
    expect(await run(text, { refset: '11' })).toEqual({ read: 5, added: 2, known: 0, skipped: 2, refused: 1, total: 2 });
    expect(written()).toEqual([header, `${sct},62479008,62479008,HIV,a list,`, `${sct},86406008,86406008,HIV,a list,`]);
    expect(refused.map(({ code, at }) => [code, at?.line])).toEqual([['code-refused', 6]]);
    expect(await run(text, { refset: '11' })).toEqual({ read: 5, added: 0, known: 2, skipped: 2, refused: 1, total: 2 });
    expect(written()).toHaveLength(3);
  });

  it('takes one code per line, and a CSV with a header in any order', async () => {
    expect(await run('86406008\n\n62479008\nnonsense\n')).toMatchObject({ read: 3, added: 2, refused: 1 });
    expect(await run('display,code,system\n"=cmd, with HIV",B20*,http://hl7.org/fhir/sid/icd-10\nHIV,86406008,\n')).toMatchObject({ read: 2, added: 1, known: 1, refused: 0, total: 3 });
    expect(written()[1]).toBe('http://hl7.org/fhir/sid/icd-10,B20*,"cmd, with HIV",HIV,a list,');
    expect('codes' in load()).toBe(true);
  });

  it('keeps what stands in the set, its words and its labels', async () => {
    set('hiv.csv', `${sct},86406008,in our own words,HIV legal-restriction,the trust,kept`);
    expect(await run('86406008\n62479008\n')).toMatchObject({ added: 1, refused: 1, total: 2 });
    expect(written()).toContain(`${sct},86406008,in our own words,HIV legal-restriction,the trust,kept`);
  });

  it('writes nothing where the set would not load: an unknown label, a set with a mistake', async () => {
    expect(await run('86406008\n', { label: 'SECRET' })).toBeNull();
    expect(refused[0]?.code).toBe('sensitive-codes-invalid');
    set('hiv.csv', 'broken');
    expect(await run('86406008\n')).toBeNull();
    expect(written()).toEqual([header, 'broken']);
  });

  it('refuses a tab separated file that is no reference set', async () => {
    expect(await run('a\tb\n86406008\tx\n')).toMatchObject({ added: 0, refused: 1 });
  });

  it('reads 50,000 lines without holding them', async () => {
    const before = heapAfterCollection();
    const line = (n: number): [string, string, string] => [n % 2 === 0 ? '0' : '1', '33', '86406008'];
    expect(await run(rf2(...Array.from({ length: 50_000 }, (_, n) => line(n))))).toMatchObject({ read: 50_000, added: 1, known: 24_999, skipped: 25_000 });
    expect(heapAfterCollection() - before).toBeLessThan(150_000_000);
  });
});
