import fc from 'fast-check';
import type { Arm, TwinRequest } from './twin-arms.ts';
import { headers, instance } from './twin-pieces.ts';

const tooFar = '999999999999';

/**
 * What is asked of the log's proofs. Sizes, hashes and signatures are drawn anew in each world and say nothing of either, so
 * what is asked for is refused, or is of entries that are not there.
 */
export const auditArms: Readonly<Record<string, Arm>> = {
  'GET /audit/checkpoint': () => asked('/audit/checkpoint', [`?size=${tooFar}`, '?size=-1', '?size=1&size=2', '?x=1']),
  'POST /audit/checkpoint': () => sent('/audit/checkpoint', ['{"x":1}', '{', '[]']),
  'GET /audit/keys': () => asked('/audit/keys', ['?x=1']),
  'GET /audit/consistency': () => asked('/audit/consistency', ['', '?from=x', `?from=1&to=${tooFar}`, `?from=${tooFar}`, '?to=1']),
  'GET /audit/entries/:id/proof': (facts) => fc.tuple(instance(facts), fc.constantFrom('', '?size=1', '?size=x', '?x=1'), headers).map(([{ id }, ending, given]) => ({ method: 'GET', path: `/audit/entries/${id}/proof${ending}`, headers: given })),
  'POST /audit/entries/:id/redact': (facts) => instance(facts).chain(({ id }) => sent(`/audit/entries/${id}/redact`, ['{"rule":"court-order"}', '{"rule":"Court order"}', '{}'])),
  'GET /audit/export': () => asked('/audit/export', [`?size=${tooFar}`, '?size=-1', '?x=1']),
};

function asked(path: string, endings: readonly string[]): fc.Arbitrary<TwinRequest> {
  return fc.tuple(fc.constantFrom(...endings), headers, fc.constantFrom('GET', 'GET', 'HEAD')).map(([ending, given, method]) => ({ method, path: path + ending, headers: given }));
}

function sent(path: string, bodies: readonly string[]): fc.Arbitrary<TwinRequest> {
  return fc.constantFrom(...bodies).map((body) => ({ method: 'POST', path, body, headers: { 'Content-Type': 'application/json' }, alone: true }));
}
