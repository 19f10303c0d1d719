import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { cldColumns } from '../../src/demo/cld-columns.ts';
import { demoFiles, rioParts } from '../../src/demo/demo-files.ts';
import { personas } from '../../src/demo/personas.ts';
import { rioColumns } from '../../src/demo/rio-columns.ts';

const options = { seed: 1, citizens: 120 };
const files = [...demoFiles(options)];
const digest = (seed: number): string => {
  const hash = createHash('sha256');
  for (const file of demoFiles({ ...options, seed })) hash.update(JSON.stringify(file));
  return hash.digest('hex');
};
/** All columns; of those that may be absent, the ones that are `there`. */
const headersOf = (path: string, there?: readonly string[]): string[] => {
  const schema = JSON.parse(readFileSync(new URL(`../../mappings/${path}`, import.meta.url), 'utf8')) as { columns: { header: string; optional?: boolean }[] };
  return schema.columns.filter(({ header, optional }) => optional !== true || there?.includes(header)).map((column) => column.header);
};

describe('the demo files', () => {
  it('are the same bytes for the same seed and others for another', () => {
    expect(digest(1)).toBe(digest(1));
    expect(digest(2)).not.toBe(digest(1));
  });

  it('are all smaller than a megabyte and have names of their own', () => {
    expect(files.filter((file) => file.content.length >= 1_000_000)).toEqual([]);
    expect(new Set(files.map((file) => file.name)).size).toBe(files.length);
  });

  it('come from all five feeds, people before their referrals and referrals before what follows', () => {
    expect([...new Set(files.map((file) => file.feed))]).toEqual(['uhb-adt', 'uhb-ref', 'bchc-rio', 'bsmhft-rio', 'bcc-cld']);
    for (const feed of ['bchc-rio', 'bsmhft-rio']) {
      expect(files.filter((file) => file.feed === feed).map((file) => file.part)).toEqual(['client', 'referral', 'care-plan', 'cpa', 'inpatient']);
    }
  });

  it.each([['messages', 'uhb-adt'], ['referrals', 'uhb-ref']])('give the hospital %s in the order things happened, each id once', (_what, feed) => {
    const messages = files.filter((file) => file.feed === feed).flatMap((file) => file.content.split(/(?=MSH\|)/));
    const occurred = messages.map((message) => message.split('\r')[1]?.split('|')[feed === 'uhb-adt' ? 6 : 7] ?? '');
    expect(occurred.filter((time) => !/^\d{14}$/.test(time))).toEqual([]);
    expect(occurred).toEqual([...occurred].sort());
    const ids = messages.map((message) => message.split('|')[9]);
    expect(new Set(ids).size).toBe(messages.length);
    expect(messages.filter((message) => !message.endsWith('\r'))).toEqual([]);
  });

  it('hold every message event the hospital feed takes', () => {
    const text = files.map((file) => file.content).join('');
    expect(['A01', 'A02', 'A03', 'A08', 'A11', 'A28', 'A31'].filter((event) => !text.includes(`ADT^${event}^`))).toEqual([]);
  });

  it('give the council one return a quarter, services that go on without an end date', () => {
    const returns = files.filter((file) => file.feed === 'bcc-cld');
    expect(returns.map((file) => file.name)).toEqual(['bcc-cld-2025-09-30.csv', 'bcc-cld-2025-12-31.csv', 'bcc-cld-2026-03-31.csv', 'bcc-cld-2026-06-30.csv']);
    expect(returns.at(-1)?.content).toContain('SV-000000-1,2026-06-12,,');
  });

  it('use the columns that the mappings read, in their order', () => {
    expect(cldColumns).toEqual(headersOf('cld/schema.json'));
    for (const part of rioParts) expect(rioColumns[part]).toEqual(headersOf(`rio/${part}.schema.json`, rioColumns[part]));
  });
});

describe('the personas', () => {
  it.each([
    ['ward-doctor', 'RRK', 'doctor', 'TREAT'], ['community-nurse', 'RYW', 'nurse', 'TREAT'], ['social-worker', 'E08000025', 'social-worker', 'TREAT'],
    ['mental-health-nurse', 'RXT', 'nurse', 'TREAT'], ['privacy-officer', 'RRK', 'privacy-officer', 'HOPERAT'], ['governance-lead', 'QHL', 'governance', 'HOPERAT'],
  ])('hold %s of %s', (id, organisation, role, purpose) => {
    const persona = personas.find((one) => one.id === id);
    expect([persona?.organisation.split('|')[1], persona?.role, persona?.purpose]).toEqual([organisation, role, purpose]);
  });
});
