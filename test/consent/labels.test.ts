import { readFileSync } from 'node:fs';
import { noticeFor } from '../../src/consent/notice-for.ts';
import { readAgreement } from '../../src/consent/read-agreement.ts';
import type { Grant } from '../../src/consent/types.ts';
import type { SharingClass } from '../../src/fhir/sharing.ts';
import { uhb } from './sharing-cases.ts';

const shipped = readFileSync('agreements/bicp-mental-health.yaml', 'utf8');

describe('a clause', () => {
  it.each(['SECRET', 'unknown-label', 'psy', 'N'])('may not name what is no label: %s', (label) => {
    const read = readAgreement(shipped.replace('labels: [R, MH, PSY]', `labels: [R, ${label}]`));
    expect('problems' in read && read.problems.map(({ code, at }) => [code, at?.field])).toEqual([['agreement-unknown-word', 'clauses[0].labels[1]']]);
  });
});

describe('a notice that names organisations', () => {
  const of = (id: number, ...labels: string[]): SharingClass => ({ id, custodian: uhb, category: 'encounter', labels });
  const classes = new Map([of(1), of(2, 'LOCIS')].map((each) => [each.id, each]));
  const grant = { rules: new Map([[1, { kind: 'related', agreement: 'a', version: '1', clause: '1', relationships: ['episode'], notice: 'organisation' }]]) } as unknown as Grant;
  const names = { organisations: new Map([[uhb, 'The Hospital']]), agreements: new Map<string, string>() };
  const kept = (classId: number, count = 1): { classId: number; count: number } => ({ classId, count });

  it('names them', () => expect(noticeFor([kept(1)], grant, classes, names)).toEqual({ organisations: ['The Hospital'] }));
  it('names nobody of a person whose location is hidden from the requester', () => expect(noticeFor([kept(1), kept(2)], grant, classes, names)).toBe('generic'));
  it('names them where nothing of the location is kept back', () => expect(noticeFor([kept(1), kept(2, 0)], grant, classes, names)).toEqual({ organisations: ['The Hospital'] }));
});
