import { readFileSync } from 'node:fs';
import type { Bundle, BundleEntry } from '@medplum/fhirtypes';
import { readRow } from '../../../src/intake/read-row.ts';
import { splitSource } from '../../../src/intake/split-source.ts';
import { exampleFile, loadedMappings } from '../../mappings/run-example.ts';

const mappings = loadedMappings();
const fullUrl = 'urn:uuid:0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0';

/** The errors of an example after entries made of its last one joined it. */
function errorsOf(feedKey: string, example: string, made: (of: (key: string, fullUrl: string, more?: object) => BundleEntry) => BundleEntry[]): string[] {
  const feed = mappings.feeds.find(({ key }) => key === feedKey);
  const kind = mappings.kinds.get(feed?.kind ?? '');
  const part = kind?.parts[0];
  if (!kind || !feed || !part) throw new Error('the feed is not there');
  const bundle = JSON.parse(readFileSync(exampleFile(kind.name, example, 'input.json'), 'utf8')) as Bundle;
  const last = bundle.entry?.at(-1);
  const copy = (key: string, address: string, more: object = {}): BundleEntry =>
    ({ ...last, fullUrl: address, resource: { ...last?.resource, id: key, identifier: [{ system: `${feed.partner.identifierBase}/care-plan`, value: key }], ...more } }) as BundleEntry;
  const { rows: [row], problems } = splitSource(kind, feed, part.name, Buffer.from(JSON.stringify({ ...bundle, entry: [...bundle.entry ?? [], ...made(copy)] })));
  const read = row && readRow(kind, feed, part, row);
  const found = [...problems, ...(read && 'problems' in read ? read.problems : [])].filter(({ severity = 'error' }) => severity === 'error');
  return found.map(({ code, at }) => `${code} ${(at?.pointer ?? '').replace(/\d+/, 'n')}`);
}

describe('a Bundle in which an address is that of two entries', () => {
  it.each([['roh-fhir', 'whole-transaction'], ['gpexample-gpc', 'gpexample-whole-record'], ['wmas-bars', 'falls-referral-from-999']])('%s: one fullUrl twice is refused', (feed, example) => {
    expect(errorsOf(feed, example, (copy) => [copy('X-1', fullUrl), copy('X-2', fullUrl)])).toEqual(['entry-twice /entry/n/resource']);
    expect(errorsOf(feed, example, (copy) => [copy('X-1', fullUrl), copy('X-2', `${fullUrl.slice(0, -1)}1`)])).toEqual([]);
  });

  it('one type and id twice is refused where something refers to it, because either could be meant', () => {
    const twins = (refer: string) => errorsOf('roh-fhir', 'whole-transaction', (copy) => [
      copy('X-1', 'https://a.example/CarePlan/7', { id: '7' }), copy('X-2', 'https://b.example/CarePlan/7', { id: '7' }), copy('X-3', fullUrl, { replaces: [{ reference: refer }] }),
    ]);
    expect(twins('CarePlan/7/_history/1')).toEqual(['reference-ambiguous /entry/n/resource/replaces/0/reference']);
    expect(twins('https://b.example/CarePlan/7')).toEqual([]);
  });

  it('what stands beside it on its own server is meant', () => {
    const from = (address: string) => errorsOf('roh-fhir', 'whole-transaction', (copy) => [
      copy('X-1', 'https://a.example/CarePlan/7', { id: '7' }), copy('X-2', 'https://b.example/CarePlan/7', { id: '7' }), copy('X-3', address, { id: '8', replaces: [{ reference: 'CarePlan/7' }] }),
    ]);
    expect(from('https://b.example/CarePlan/8')).toEqual([]);
    expect(from('https://c.example/CarePlan/8')).toEqual(['reference-ambiguous /entry/n/resource/replaces/0/reference']);
  });
});
