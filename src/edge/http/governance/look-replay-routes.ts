import type { Router } from 'express';
import { rangeOf } from '../../../fhir/date-range.ts';
import { Refusal } from '../../../fhir/problem.ts';
import type { Requester } from '../../../fhir/sharing.ts';
import type { RequestFacts } from '../../../flow/release-context.ts';
import type { LookReplayAsk, LookReplays } from '../../../flow/sharing/replay-looks.ts';
import { plainName } from '../plain-name.ts';
import { route, type Asked, type RouteServices } from '../route.ts';
import { permitGovernance } from './permit-governance.ts';
import { json } from './reply-json.ts';

export interface LookReplayServices extends RouteServices {
  replayLooks: (requester: Requester, ask: LookReplayAsk, request: RequestFacts) => Promise<LookReplays>;
}

const address = 'governance/look-replays';
const readers = permitGovernance(['governance', 'privacy-officer'], 's', 'AuditEvent');
const inputs = ['user', 'patient', 'at'] as const;

/** GET /governance/look-replays?user=&patient=&at= · what this person was shown of this citizen then. `at` is as wide as it is given: a day, a minute, a second; without an offset it is London time. */
export function addLookReplayRoutes(router: Router, services: LookReplayServices): void {
  router.get('/look-replays', route(services, { interaction: 'look-replay', pattern: address, permit: readers },
    async (asked) => json(200, await services.replayLooks(asked.requester, readAsk(asked), asked.request))));
}

export const lookReplayAddresses: readonly [address: string, pattern: string, allow: string][] = [['/look-replays', address, 'GET, HEAD']];

function readAsk({ query }: Asked): LookReplayAsk {
  const given = query.filter(([name]) => name !== '_format');
  const value = (name: (typeof inputs)[number]): string => given.find(([each]) => each === name)?.[1] ?? '';
  const at = rangeOf(value('at').replace(' ', '+'));
  const wrong = given.length !== inputs.length ? inputs.find((name) => value(name) === '') ?? given.find(([name], i) => !inputs.some((input) => input === name) || given.findIndex(([other]) => other === name) !== i)?.[0] ?? 'at'
    : !at ? 'at' : inputs.find((name) => value(name) === '' || value(name).length > 300);
  if (wrong !== undefined || !at) {
    throw new Refusal({ category: 'invalid', code: 'search-value-invalid', text: 'A look is found by who looked, at whom, and when.', at: { field: plainName(wrong ?? 'at') }, expected: 'user, patient and at (a day or an instant), each once' });
  }
  return { user: value('user'), citizen: value('patient').replace(/^Patient\//, ''), from: new Date(at.from), to: new Date(at.to) };
}
