import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A test by the file it is in and words of its title as they stand there. */
export interface NamedTest {
  file: string;
  test: string;
}

/** One hazard, in the shape of a DCB0129 hazard log. */
export interface Hazard {
  id: string;
  hazard: string;
  causes: string[];
  effect: string;
  before: Risk;
  controls: { control: string; tests: NamedTest[] }[];
  after: Risk;
  status: string;
  /** what is left to whoever runs or uses it */
  left?: string;
}

export interface Risk {
  severity: string;
  likelihood: string;
}

export interface HazardLog {
  version: string;
  note: string;
  severities: string[];
  likelihoods: string[];
  /** by likelihood, then by severity */
  ratings: number[][];
  hazards: Hazard[];
}

/** What is tried, with the tests that try it, or why it is not. */
type Tried = { expected: string; tests: NamedTest[] } | { notTried: string };

/** `ref`: its number in the makers' list of attacks; what came later has none. */
export type Attack = { id: string; ref?: number; area: string; attack: string } & Tried;
export type Fault = { id: string; ref: number; fault: string } & Tried;

/** What the makers claim keeps people safe: `assurance/*.json`. */
export interface Assurance {
  hazards: HazardLog;
  attacks: { version: string; note: string; attacks: Attack[] };
  faults: { version: string; note: string; faults: Fault[] };
}

/** Of the program's folder: what evidence is made from, beside the gateway. A program that was installed without its tests has not all of it. */
export function missingSources(root: string, pages: readonly string[]): string[] {
  return ['assurance/hazards.json', 'assurance/attacks.json', 'assurance/faults.json', 'package-lock.json', 'test', ...pages.map((page) => `docs/${page}`)].filter((path) => !existsSync(join(root, path)));
}

export function readAssurance(root: string): Assurance {
  const read = <Content>(file: string): Content => JSON.parse(readFileSync(join(root, 'assurance', file), 'utf8')) as Content;
  return { hazards: read<HazardLog>('hazards.json'), attacks: read<Assurance['attacks']>('attacks.json'), faults: read<Assurance['faults']>('faults.json') };
}

/** The rating of a risk by the log's own table; null where it names what the table has not. */
export function ratingOf({ severities, likelihoods, ratings }: HazardLog, { severity, likelihood }: Risk): number | null {
  return ratings[likelihoods.indexOf(likelihood)]?.[severities.indexOf(severity)] ?? null;
}

/** Tests that are named and are not there or do not run, and hazards, attacks and faults that name none and do not say why: whatever rests on them is no evidence. */
export function missingEvidence(root: string, { hazards, attacks, faults }: Assurance): string[] {
  const missing = testFinder(root);
  return [
    ...hazards.hazards.flatMap(({ id, controls, before, after }) => [
      ...(controls.length === 0 ? [`${id} has no control`] : controls.flatMap(({ tests }) => missing(id, tests))),
      ...[before, after].filter((risk) => ratingOf(hazards, risk) === null).map(({ severity, likelihood }) => `${id} has a risk that is in no table: ${severity}, ${likelihood}`),
    ]),
    ...[...attacks.attacks, ...faults.faults].flatMap((each) => ('tests' in each ? missing(each.id, each.tests) : each.notTried.trim() === '' ? [`${each.id} does not say why it is not tried`] : [])),
  ];
}

/** Tells, of what rests on tests of the program's folder, those that are not there or do not run. Files are read once. */
export function testFinder(root: string): (of: string, tests: readonly NamedTest[]) => string[] {
  const texts = new Map<string, string | null>();
  const textOf = (file: string): string | null => {
    const known = texts.get(file) ?? (existsSync(join(root, file)) ? running(readFileSync(join(root, file), 'utf8')) : null);
    texts.set(file, known);
    return known;
  };
  return (of, tests) => (tests.length === 0 ? [`${of} names no test`]
    : tests.filter(({ file, test }) => !isTitle(textOf(file), test)).map(({ file, test }) => `${of} rests on a test that is not there: ${file} "${test}"`));
}

/** The text without its comments; nothing of a file in which a test or a group is skipped, or all others are. */
function running(text: string): string {
  const code = text.replace(/^[ \t]*\/\*[^]*?\*\/|^[ \t]*\/\/.*$/gm, '');
  return /\b(?:it|test|describe)\.(?:skip|only|todo|failing)\b|\b(?:xit|xtest|xdescribe|fit|fdescribe)\(/.test(code) ? '' : code;
}

/** Whether these words are in the title of a test, of a group of them, or of a row of a table of tests, not just somewhere in the file. */
function isTitle(text: string | null, words: string): boolean {
  return text !== null && words.length > 5 && text.split('\n').some((line) => titles.some((title) => [...line.matchAll(title)].some(([, from = '']) => from.includes(words))));
}

const titles = [/^\s*(?:\]\)|(?:it|test|describe)\b.*)\(['"`](.*)$/g, /^\s*(?:it|test|describe)\.each\(\[(['"`].*)$/g, /\{ name: (['"`].*?['"`]),/g, /(?:^\s*|, )\[(['"`].*?['"`]),/g];
