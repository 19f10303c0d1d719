import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { configVariables } from '../../src/config-variables.ts';

/** What the pages for strangers claim, checked. UPDATE_DOCS=1 writes the configuration table anew. */

const root = fileURLToPath(new URL('../..', import.meta.url));
const configPage = 'docs/configuration.md';
const configTable = /(?<=^\| variable \| default \| meaning \|\n\| --- \| --- \| --- \|\n)(?:\|.*\n)*/m;

const docs = readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.md')).map((file) => join('docs', file));
const pages = ['README.md', 'CHANGELOG.md', ...docs.sort()];
const read = (page: string): string => readFileSync(join(root, page), 'utf8');

describe('the README and its pages', () => {
  it('have every setting with its default and meaning', () => {
    const expected = configVariables.map(({ name, default: value, meaning }) => `| \`${name}\` | ${value} | ${meaning} |\n`).join('');
    if (process.env['UPDATE_DOCS'] === '1') writeFileSync(join(root, configPage), read(configPage).replace(configTable, () => expected));
    expect(configTable.exec(read(configPage))?.[0]).toBe(expected);
  });

  it('name npm scripts that exist, and every script that exists', () => {
    const scripts = Object.keys((JSON.parse(read('package.json')) as { scripts: Record<string, string> }).scripts);
    const named = new Set([...read('docs/commands.md').matchAll(/npm (?:run (?:-s )?([\w:]+)|(start|test)\b)/g)].map(([, run, short]) => run ?? short ?? ''));
    expect([...named].sort()).toEqual(scripts.sort());
  });

  it('are followed by nobody in vain: the README names its limits', () => {
    for (const limit of ['Evaluation only', 'Not every screen is there', 'Writers write their own', 'Docker']) expect(read('README.md')).toContain(limit);
  });
});

describe.each(pages)('%s', (page) => {
  const text = read(page);

  it('links to what is there', () => {
    const dead = linksOf(text).filter((link) => !resolves(page, link));
    expect(dead).toEqual([]);
  });

  it('names files that are there', () => {
    const paths = [...text.matchAll(/`((?:src|test|bin|mappings|agreements|profiles|docs)\/[\w./-]+)`/g)].map(([, path]) => path ?? '');
    expect(paths.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });

  it('puts no NHS number into an address', () => {
    expect([...text.matchAll(/https?:\/\/127[^\s'"]*/g)].filter(([address]) => /\d{10}/.test(address))).toEqual([]);
  });
});

describe('the decision records', () => {
  const records = docs.filter((file) => file.startsWith('docs/decisions/'));

  it.each(records)('%s is short and complete', (record) => {
    const text = read(record);
    expect(text.split('\n').length).toBeLessThanOrEqual(41);
    for (const part of ['Status: ', '## Context', '## Decision', '## Consequences', '## Alternatives']) expect(text).toContain(part);
  });

  it('are numbered without gaps', () => {
    expect(records.map((record) => Number(/\/(\d{4})-/.exec(record)?.[1]))).toEqual(records.map((_, i) => i + 1));
  });
});

/** Targets of markdown links, outside code. */
function linksOf(text: string): string[] {
  const prose = text.replaceAll(/^```[^]*?^```$/gm, '').replaceAll(/`[^`\n]*`/g, '');
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => target ?? '').filter((target) => !/^https?:/.test(target));
}

function resolves(page: string, link: string): boolean {
  const [path = '', anchor] = link.split('#');
  const target = path === '' ? join(root, page) : join(root, dirname(page), path);
  if (relative(root, target).startsWith('..') || !existsSync(target)) return false;
  return anchor === undefined || anchorsOf(readFileSync(target, 'utf8')).includes(anchor);
}

/** As GitHub makes them. */
function anchorsOf(text: string): string[] {
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading]) => (heading ?? '').toLowerCase().replaceAll(/[^\w\- ]/g, '').replaceAll(' ', '-'));
}
