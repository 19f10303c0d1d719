import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { foldRow, unfoldRow } from '../../src/intake/fold.ts';
import { readRow } from '../../src/intake/read-row.ts';
import { splitSource } from '../../src/intake/split-source.ts';
import { exampleFile } from '../mappings/run-example.ts';
import { mappings, message } from './adt.ts';

const all = mappings();
const parts = all.feeds.flatMap((feed) => {
  const kind = all.kinds.get(feed.kind);
  return (kind?.parts ?? []).flatMap((part) => (kind ? [{ feed, kind, part }] : []));
});

/** Splits, reads and folds whatever comes; every row ends as input or with its reasons. */
function take(bytes: Uint8Array): void {
  for (const { feed, kind, part } of parts) {
    const { rows, problems } = splitSource(kind, feed, part.name, bytes);
    for (const problem of problems) expect(problem.code).toMatch(/^[a-z0-9-]+$/);
    for (const row of rows) {
      const result = readRow(kind, feed, part, row);
      if ('problems' in result) expect(result.problems.length).toBeGreaterThan(0);
      else unfoldRow(foldRow(new Map(), result.input, row.messageId ?? ''), result.input);
    }
  }
}

const samples = [
  message({ more: ['NK1|1|A^B', 'ZU8||2', 'ZU1||||||||||||||||20240101'] }),
  message() + message({ event: 'A03' }),
  ...parts.map(({ part }) => `${(part.columns ?? []).map((column) => column.header).join(',')}\n${(part.columns ?? []).map(() => '1').join(',')}\n`),
].map((text) => Buffer.from(text)).concat([
  readFileSync(exampleFile('epaccs-cda', 'in-an-itk-envelope', 'input.xml')), readFileSync(exampleFile('care-home', 'rowanhouse-resident-list', 'input.json')),
  readFileSync(exampleFile('care-home', 'rowanhouse-trusted-assessment', 'input.json')),
]);

describe('nothing a sender posts makes intake throw', () => {
  it('random bytes', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), take), { numRuns: 80 });
  });

  it('random text made of what means something', () => {
    const piece = fc.constantFrom('MSH', 'PID', 'PV1', 'ZU8', '|', '^', '~', '\\', '&', '\r', '\n', '""', '"', ',', 'ADT^A01', 'RRK', '2.4', '20240230', 'é', '\\X00\\', '\\.br\\', '__proto__', 'constructor',
      '<', '>', '</', '/>', '=', '<ClinicalDocument xmlns="urn:hl7-org:v3">', '<!DOCTYPE', '<![CDATA[', ']]>', '<?', '&#', ';', '{', '}', '[', ']', ':', '"residents"', '1e999', '\\u0000');
    fc.assert(fc.property(fc.array(piece, { maxLength: 80 }), (pieces) => {
      take(Buffer.from(pieces.join('')));
      take(Buffer.from(`MSH|^~\\&|${pieces.join('')}`));
      take(Buffer.from(`<ClinicalDocument xmlns="urn:hl7-org:v3">${pieces.join('')}</ClinicalDocument>`));
      take(Buffer.from(`{"residents":[${pieces.join('')}]}`));
    }), { numRuns: 80 });
  });

  it('good records with bytes changed, cut out or put in', () => {
    const change = fc.record({ at: fc.nat(2000), remove: fc.nat(6), insert: fc.uint8Array({ maxLength: 6 }) });
    fc.assert(fc.property(fc.constantFrom(...samples), fc.array(change, { minLength: 1, maxLength: 5 }), (sample, changes) => {
      const bytes = changes.reduce((current, { at, remove, insert }) => {
        const from = at % (current.length + 1);
        return Buffer.concat([current.subarray(0, from), insert, current.subarray(from + remove)]);
      }, sample);
      take(bytes);
    }), { numRuns: 120 });
  });

  it('very deep or wide input within the limits', () => {
    take(Buffer.from('['.repeat(200_000)));
    take(Buffer.from(`${message()}${'PID'.repeat(50_000)}`));
    take(Buffer.from('MSH'.repeat(10_000).replaceAll('MSH', 'MSH\r')));
    take(Buffer.from(`${','.repeat(100_000)}\n`));
    take(Buffer.from('<a>'.repeat(200_000)));
    take(Buffer.from(`{"residents":[${'{},'.repeat(100_000)}{}]}`));
  });
});
