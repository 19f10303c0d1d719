import { describeDisclosure } from '../../audit/describe-disclosure.ts';
import { notFound } from '../../fhir/outcome.ts';
import { Refusal } from '../../fhir/problem.ts';
import type { Requester } from '../../fhir/sharing.ts';
import type { FieldEvidence } from '../../linkage/grade-pair.ts';
import { readLinkDecisions, readLinks, type LinkDecided, type LinkRow } from '../../store/linkage/link-evidence.ts';
import { isUuid } from '../../store/secrets.ts';
import { auditFacts } from '../audit-facts.ts';
import { checkOversight, overseenBy } from '../check-oversight.ts';
import { forReviewers } from './link-review-context.ts';
import { appendOrRefuse } from '../release-records.ts';
import type { ReleaseContext, RequestFacts } from '../release-context.ts';

/** Why one source Patient is of its citizen. */
export interface LinkExplained {
  /** source Patient */
  id: string;
  /** rule of decideLink; one that is `link-new-…`, or parked it, made the citizen */
  rule: string;
  /** what agreed by that rule */
  agreed: readonly string[];
  /** what the weights say, field by field */
  fields: readonly FieldEvidence[];
  /** with that of two people taken at random being one; null where nothing is known or shown */
  bits: number | null;
  /** what a person would be asked about, were it not for an exact rule */
  held: readonly string[];
  /** of the weights, when it was linked */
  ruleVersion: string | null;
}

/** Why a citizen is one, with what was decided of it, newest first. */
export interface LinksExplained {
  citizen: string;
  /** something of the citizen is kept from whoever asks, so nothing is told that may rest on it */
  hidden: boolean;
  links: LinkExplained[];
  decisions: (Omit<LinkDecided, 'at'> & { at: string })[];
}

const mostDecisions = 100;

/** THE STORY: who may → the links, through the one door → audit (durable) → why each was made. Nobody's name is told. */
export async function explainLinks(context: ReleaseContext, requester: Requester, asked: string, request: RequestFacts): Promise<LinksExplained> {
  await checkOversight(context, requester, forReviewers);
  const links = isUuid(asked) ? (await context.policy.under(requester, ({ grant }) => readLinks(context.database, grant.key, asked, overseenBy(requester)))).result : [];
  const [first] = links;
  if (!first) throw new Refusal(notFound);
  const { citizen, hidden } = first;
  const { result: decisions } = await context.policy.under(requester, ({ grant }) => readLinkDecisions(context.database, grant.key, links.map(({ id }) => id), mostDecisions));
  const facts = auditFacts(context, requester, request, { interaction: 'link-why', query: `governance/links/${asked}`, status: 200, citizen });
  await appendOrRefuse(context, describeDisclosure(facts, { disclosed: [], decisions: [] }));
  return { citizen, hidden, links: links.map(explained), decisions: decisions.map(({ at, ...decision }) => ({ ...decision, at: at.toISOString() })) };
}

function explained({ id, rule, evidence }: LinkRow): LinkExplained {
  return { id, rule, agreed: evidence?.agreed ?? [], fields: evidence?.evidence ?? [], bits: evidence?.bits ?? null, held: evidence?.held ?? [], ruleVersion: evidence?.rule ?? null };
}
