import { Router } from 'express';
import type { AgreementEntry } from '../../../flow/sharing/list-agreements.ts';
import type { AgreementName } from '../../../flow/sharing/change-agreement.ts';
import { asMeasure, type ToldOnceReport } from '../../../flow/story/count-told-once.ts';
import type { BeginWhatIf } from '../../../flow/sharing/what-if.ts';
import type { RequestFacts } from '../../../flow/release-context.ts';
import { Refusal, type Problem } from '../../../fhir/problem.ts';
import type { Requester } from '../../../fhir/sharing.ts';
import { checkContentType } from '../check-content-type.ts';
import { route, type Asked, type Reply } from '../route.ts';
import { unserved } from '../unserved.ts';
import { addClientRoutes, clientAddresses, type ClientServices } from './client-routes.ts';
import { addCaseRoutes, caseAddresses, type CaseServices } from './case-routes.ts';
import { addEmergencyRoutes, emergencyAddresses, type ReviewServices } from './emergency-routes.ts';
import { addFeedRoutes, feedAddresses, type FeedServices } from './feed-routes.ts';
import { addHoldBackRoutes, holdBackAddresses, type HoldBackServices } from './hold-back-routes.ts';
import { addLinkReviewRoutes, linkReviewAddresses, type LinkReviewServices } from './link-review-routes.ts';
import { addLinkageRunRoutes, linkageRunAddresses, type LinkageRunServices } from './linkage-run-routes.ts';
import { addLookReplayRoutes, lookReplayAddresses, type LookReplayServices } from './look-replay-routes.ts';
import { permitGovernance } from './permit-governance.ts';
import { readFields } from './read-fields.ts';
import { json } from './reply-json.ts';
import { addRetentionRoutes, retentionAddresses, type RetentionServices } from './retention-routes.ts';
import { addReportRoutes, reportAddresses, type ReportServices } from './report-routes.ts';
import { addSubjectAccessRoutes, subjectAccessAddresses, type SubjectAccessServices } from './subject-access-routes.ts';
import { addWatchedRoutes, watchedAddresses, type WatchedServices } from './watched-routes.ts';
import { answerWhatIf } from './what-if.ts';

export interface GovernanceServices extends CaseServices, ClientServices, ReviewServices, FeedServices, HoldBackServices, LinkReviewServices, LinkageRunServices, LookReplayServices, ReportServices, RetentionServices, SubjectAccessServices, WatchedServices {
  governance: {
    list: (requester: Requester, which: AgreementName | null, request: RequestFacts) => Promise<AgreementEntry[]>;
    propose: (requester: Requester, text: string, request: RequestFacts) => Promise<{ entry: AgreementEntry; created: boolean }>;
    sign: (requester: Requester, name: AgreementName, signing: { party: string; signatory: string; sha256: string }, request: RequestFacts) => Promise<AgreementEntry>;
    activate: (requester: Requester, name: AgreementName, request: RequestFacts) => Promise<AgreementEntry>;
    terminate: (requester: Requester, name: AgreementName, request: RequestFacts) => Promise<AgreementEntry>;
    whatIf: BeginWhatIf;
    toldOnce: (requester: Requester, request: RequestFacts) => Promise<ToldOnceReport>;
  };
}

/** As long as an agreement's text may be. */
const maxTextBytes = 262_144;
const yamlTypes = ['application/yaml', 'text/yaml'];

const readers = permitGovernance(['governance', 'privacy-officer'], 's');
const signers = permitGovernance(['governance', 'privacy-officer'], 'u');
const keepers = permitGovernance(['governance'], 'u');
/** counts over every partner's looks and people: for those who read the whole log */
const overseers = permitGovernance(['governance'], 's');

/** Everything under /governance: the register of agreements and how a version comes into force and ends, the clients, what was told once, reviews of emergency access and of possible links, cases of odd looks, the work on feeds, and what the log answers. */
export function governanceRoutes(services: GovernanceServices): Router {
  const { governance } = services;
  const router = Router({ caseSensitive: true });
  router.get('/agreements', route(services, { interaction: 'agreement-list', pattern: 'governance/agreements', permit: readers },
    async (asked) => json(200, { agreements: await governance.list(asked.requester, null, asked.request) })));
  router.get('/agreements/:id/:version', route(services, { interaction: 'agreement-list', pattern: 'governance/agreements/{id}/{version}', permit: readers },
    async (asked) => json(200, (await governance.list(asked.requester, nameOf(asked), asked.request))[0])));
  router.post('/agreements', route(services, { interaction: 'agreement-propose', pattern: 'governance/agreements', permit: keepers }, (asked) => propose(services, asked)));
  router.post('/agreements/what-if', route(services, { interaction: 'agreement-what-if', pattern: 'governance/agreements/what-if', permit: overseers },
    async (asked) => answerWhatIf(governance.whatIf, asked, await readText(asked))));
  router.post('/agreements/:id/:version/sign', route(services, { interaction: 'agreement-sign', pattern: 'governance/agreements/{id}/{version}/sign', permit: signers },
    async (asked) => json(200, await governance.sign(asked.requester, nameOf(asked), await readFields(asked, signingFields), asked.request))));
  for (const change of ['activate', 'terminate'] as const) {
    router.post(`/agreements/:id/:version/${change}`, route(services, { interaction: `agreement-${change}`, pattern: `governance/agreements/{id}/{version}/${change}`, permit: keepers },
      async (asked) => {
        await readFields(asked, {});
        return json(200, await governance[change](asked.requester, nameOf(asked), asked.request));
      }));
  }
  router.get('/told-once', route(services, { interaction: 'told-once-count', pattern: 'governance/told-once', permit: overseers }, async (asked) => {
    if (asked.query.length > 0) throw new Refusal(noParameters);
    const told = await governance.toldOnce(asked.requester, asked.request);
    if (!(asked.header('Accept') ?? '').includes('application/fhir+json')) return json(200, told, { Vary: 'Accept' });
    return { status: 200, text: JSON.stringify(asMeasure(told)), headers: { 'Content-Type': 'application/fhir+json; charset=utf-8', Vary: 'Accept' } };
  }));
  addClientRoutes(router, services);
  addEmergencyRoutes(router, services);
  addFeedRoutes(router, services);
  addLinkReviewRoutes(router, services);
  addLinkageRunRoutes(router, services);
  addHoldBackRoutes(router, services);
  addLookReplayRoutes(router, services);
  addReportRoutes(router, services);
  addRetentionRoutes(router, services);
  addSubjectAccessRoutes(router, services);
  addCaseRoutes(router, services);
  addWatchedRoutes(router, services);
  for (const [address, pattern, allow] of [...addresses, ...clientAddresses, ...emergencyAddresses, ...feedAddresses, ...linkReviewAddresses, ...linkageRunAddresses, ...holdBackAddresses, ...lookReplayAddresses, ...reportAddresses, ...retentionAddresses, ...subjectAccessAddresses, ...caseAddresses, ...watchedAddresses]) {
    router.all(address, route(services, { interaction: 'unsupported', pattern, permit: () => otherMethod(allow), allow }, () => Promise.reject(new Error('a method that is refused'))));
  }
  router.use(...unserved(services));
  return router;
}

const addresses: readonly [address: string, pattern: string, allow: string][] = [
  ['/agreements', 'governance/agreements', 'GET, HEAD, POST'],
  ['/agreements/what-if', 'governance/agreements/what-if', 'POST'],
  ['/agreements/:id/:version', 'governance/agreements/{id}/{version}', 'GET, HEAD'],
  ['/agreements/:id/:version/:change', 'governance/agreements/{id}/{version}/{change}', 'POST'],
  ['/told-once', 'governance/told-once', 'GET, HEAD'],
];

const noParameters: Problem = { category: 'invalid', code: 'search-value-invalid', text: 'The counts take no parameters here.', expected: 'the address alone' };

const signingFields = {
  party: { pattern: /^[^\s|]{1,300}\|[^\s|]{1,100}$/, expected: 'the organisation\'s identifier as system|value' },
  signatory: { pattern: /^(?=.*\S)[^\p{Cc}\p{Cf}]{1,200}$/u, expected: 'the name of the person who signs, at most 200 characters' },
  sha256: { pattern: /^[0-9a-f]{64}$/, expected: 'the SHA-256 of the content that is signed, 64 lower-case hex digits' },
};

/** POST /governance/agreements: an agreement's YAML text as a new version. 201, or 200 where it is registered as it is. */
async function propose({ governance }: GovernanceServices, asked: Asked): Promise<Reply> {
  const { entry, created } = await governance.propose(asked.requester, await readText(asked), asked.request);
  return json(created ? 201 : 200, entry, { Location: `/governance/agreements/${entry.id}/${entry.version}` });
}

/** The body as an agreement's text. */
async function readText(asked: Asked): Promise<string> {
  const undeclared = checkContentType(asked.header('Content-Type'), yamlTypes);
  if (undeclared) throw new Refusal(undeclared);
  const bytes = await asked.body(maxTextBytes);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new Refusal({ category: 'malformed', code: 'agreement-not-yaml', text: 'The agreement is not UTF-8 text.', expected: 'one YAML 1.2 document in UTF-8' });
  }
}

function nameOf({ params: { id = '', version = '' } }: Asked): AgreementName {
  return { id, version };
}

function otherMethod(allow: string): Problem {
  return { category: 'method-not-allowed', code: 'interaction-unsupported', text: 'This address does not take this method.', expected: allow };
}
