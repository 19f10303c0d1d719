import { createHash } from 'node:crypto';
import { canonicalJson } from '../fhir/canonical-json.ts';
import type { Problem } from '../fhir/problem.ts';
import type { AgreementContent } from './agreement-schema.ts';
import { checkAgreementSense } from './check-agreement-sense.ts';
import { namePractices } from './name-practices.ts';
import { checkAgreementShape } from './check-agreement-shape.ts';
import { parseYaml } from './parse-yaml.ts';
import type { PositionOf } from './parse-yaml.ts';
import { startOfLondonDay } from './start-of-london-day.ts';
import type { Agreement } from './types.ts';

/**
 * One agreements/*.yaml → its content with every party by its full key, or every mistake in it. The period is half-open
 * [start of `from`, start of the London day after `to`): `to` is the last day in force. The hash is SHA-256 over the
 * canonical JSON (RFC 8785) of what the file says, so comments, order of keys and layout do not change it.
 */
export function readAgreement(text: string): { agreement: Agreement } | { problems: Problem[] } {
  const read = readContent(text);
  return 'problems' in read ? read : { agreement: agreementFrom(read.content) };
}

/** What the file says, shape and sense checked, with where it says it. */
export function readContent(text: string): { content: AgreementContent; positionOf: PositionOf } | { problems: Problem[] } {
  const parsed = parseYaml(text);
  if ('problems' in parsed) return parsed;
  const shaped = checkAgreementShape(parsed.content, parsed.positionOf);
  if ('problems' in shaped) return shaped;
  const problems = checkAgreementSense(shaped.content, parsed.positionOf);
  return problems.length > 0 ? { problems } : { content: shaped.content, positionOf: parsed.positionOf };
}

export function agreementFrom(content: AgreementContent): Agreement {
  const keys = new Map(content.parties.map(({ id, identifier }) => [id, `${identifier.system}|${identifier.value}`]));
  const keysOf = (ids: readonly string[]): string[] => ids.flatMap((id) => keys.get(id) ?? []);
  return {
    id: content.id,
    version: content.version,
    title: content.title,
    parties: content.parties.map(({ id, name, capacity, signatoryRole }) => ({ organisation: keys.get(id) ?? id, name, capacity, signatoryRole })),
    period: { start: startOfLondonDay(content.period.from), end: startOfLondonDay(content.period.to, 1) },
    reviewDate: content.reviewDate,
    lawfulBases: content.lawfulBases,
    ...(content.purposesText !== undefined && { purposesText: content.purposesText }),
    ...(content.retention !== undefined && { retention: content.retention }),
    ...(content.exclusions !== undefined && { exclusions: content.exclusions }),
    clauses: namePractices(content).map((clause) => ({
      number: clause.number,
      text: clause.text,
      from: keysOf(clause.from),
      to: keysOf(clause.to),
      purposes: clause.purposes,
      roles: clause.roles,
      categories: clause.categories,
      consentBasis: clause.consentBasis,
      labels: clause.labels ?? [],
      ...(clause.excludedLabels && { excludedLabels: clause.excludedLabels }),
      ...(clause.relationships && { relationships: clause.relationships }),
      notice: clause.notice ?? 'none',
      ...(clause.retention !== undefined && { retention: clause.retention }),
    })),
    sha256: createHash('sha256').update(canonicalJson(content)).digest('hex'),
  };
}
