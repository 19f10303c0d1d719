import type { Router } from 'express';
import { Refusal, type Problem } from '../../../fhir/problem.ts';
import type { Requester } from '../../../fhir/sharing.ts';
import type { RequestFacts } from '../../../flow/release-context.ts';
import type { SubjectAccessLines } from '../../../flow/audit/release-subject-access.ts';
import { route, type Reply, type RouteServices } from '../route.ts';
import { permitGovernance } from './permit-governance.ts';

export interface SubjectAccessServices extends RouteServices {
  subjectAccess: (requester: Requester, citizen: string, request: RequestFacts) => Promise<SubjectAccessLines>;
}

const pattern = 'governance/subject-access/{id}';
/** Whoever keeps records answers with the record, whoever watches over looks with who looked. */
const readers = permitGovernance(['governance', 'privacy-officer', 'administrator'], 's', 'Patient');

/** GET /governance/subject-access/{citizen} · lines of JSON: the Patient, records, places, looks, and an `end` line when all have come. */
export function addSubjectAccessRoutes(router: Router, services: SubjectAccessServices): void {
  router.get('/subject-access/:id', route(services, { interaction: 'subject-access', pattern, permit: readers, allow: 'GET' }, async (asked) => {
    if (asked.head) throw new Refusal(headersAlone); // it is read as it is written
    if (asked.query.length > 0) throw new Refusal(noParameters);
    return reply(await services.subjectAccess(asked.requester, asked.params['id'] ?? '', asked.request));
  }));
}

export const subjectAccessAddresses: readonly [address: string, pattern: string, allow: string][] = [['/subject-access/:id', pattern, 'GET']];

function reply(lines: SubjectAccessLines): Reply {
  return {
    status: 200, headers: { 'Content-Type': 'application/x-ndjson; charset=utf-8', 'Content-Disposition': 'attachment; filename="subject-access.ndjson"' },
    stream: async (write, gone) => {
      try {
        for await (const page of lines) {
          for (const line of page) await write(line);
          if (gone.aborted) return;
        }
      } finally {
        await lines.return();
      }
    },
  };
}

const headersAlone: Problem = { category: 'method-not-allowed', code: 'interaction-unsupported', text: 'This address does not take this method.', expected: 'GET' };
const noParameters: Problem = { category: 'invalid', code: 'search-value-invalid', text: 'The address takes no parameters.', expected: 'the address alone' };
