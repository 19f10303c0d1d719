import { createHash } from 'node:crypto';
import { relationshipEvidence, type Evidence } from '../consent/relationship-evidence.ts';
import { takeApart, type Fragment } from '../fhir/fragments.ts';
import { indexResource, type SearchIndex } from '../fhir/index-resource.ts';
import { textOf, type Json, type JsonObject } from '../fhir/json.ts';
import type { SharingCategory } from '../fhir/sharing.ts';
import type { CategoryRule } from '../intake/types.ts';
import type { IntakeContext } from './intake-context.ts';
import type { LinkedRow } from './link-people.ts';
import { partnerId, resolveReferences, resourceId } from './name-resource.ts';

/** A partner's own dissent flag on a person: on the Patient it covers every row of that partner about them. */
export const sourceDissent = 'source-dissent';

/** A citizen's contact details are kept from everyone without a clause that names this label. */
export const hiddenLocation = 'LOCIS';

/** One mapped resource as it will be stored: named, pointing at the citizen, taken apart by sharing class. */
export interface PreparedResource {
  linked: LinkedRow;
  id: string;
  /** the partner's own Patient: its dissent covers everything the partner says of the person */
  patientId: string;
  type: string;
  category: SharingCategory;
  labels: string[];
  hidesLocation: boolean;
  security: Json[];
  body: JsonObject;
  fragments: Fragment[];
  index: SearchIndex;
  directoryIds: string[];
  evidence: Evidence[];
  contentHash: Buffer;
  /** as mapped, for reading a choice out of a Consent */
  resource: JsonObject;
}

/** Names a row's resources, turns its references into ours, and says of each what sort of information it is. */
export function prepareResources(context: IntakeContext, linked: LinkedRow): PreparedResource[] {
  const { partner } = linked.feed;
  const lateLabels = new Map(linked.late.map((mapped) => [resourceId(context.secrets, mapped, partner.identifierBase), securityOf(mapped['meta']).map(codeOf)]));
  const patientId = partnerId(context.secrets, 'Patient', `${partner.identifierBase}/person`, linked.row.personKey);
  return linked.resources.map((mapped) => {
    const type = textOf(mapped['resourceType']);
    const id = resourceId(context.secrets, mapped, partner.identifierBase) ?? context.newId();
    const { meta, text: _narrative, ...content } = mapped;
    const directoryIds = new Set<string>();
    const own = new Set<string>();
    const resolved = resolveReferences(content, (target, system, value) => {
      if (target === 'Patient' && system === `${partner.identifierBase}/person`) return { reference: `Patient/${linked.citizen}` };
      if (system.startsWith(`${partner.identifierBase}/`)) {
        const targetId = partnerId(context.secrets, target, system, value);
        own.add(targetId);
        return { reference: `${target}/${targetId}` };
      }
      const place = target === 'Organization' ? context.directory.get(`${system}|${value}`) : undefined;
      return place && { reference: `Organization/${place.id}`, display: place.name };
    }) as JsonObject;
    const { body, fragments } = takeApart({ resourceType: type, id, ...resolved }, (_, target) => own.has(target));
    collectDirectory(body, directoryIds);
    const security = securityOf(meta);
    const labels = [...new Set([...security.map(codeOf), ...(lateLabels.get(id) ?? [])])];
    return {
      linked, id, patientId, type, fragments, body, directoryIds: [...directoryIds],
      category: categoryOf(linked.kind.categories, partner.partnerKey, mapped),
      labels: labels.filter((label) => label !== hiddenLocation).sort(),
      hidesLocation: labels.includes(hiddenLocation),
      security: security.filter((label) => codeOf(label) !== hiddenLocation),
      index: indexResource({ ...body, ...Object.fromEntries(fragments.filter(({ targets }) => targets.length === 0).map(({ path, value }) => [path.slice(1), value])) }),
      evidence: relationshipEvidence(mapped, partner.organisation, context.clock()),
      contentHash: createHash('sha256').update(JSON.stringify([resolved, labels])).digest(),
      resource: mapped,
    };
  });
}

function collectDirectory(value: Json, ids: Set<string>): void {
  if (value === null || typeof value !== 'object') return;
  if (!Array.isArray(value) && typeof value['reference'] === 'string' && value['reference'].startsWith('Organization/')) ids.add(value['reference'].slice('Organization/'.length));
  for (const each of Array.isArray(value) ? value : Object.values(value)) collectDirectory(each, ids);
}

function securityOf(meta: Json | undefined): JsonObject[] {
  const security = meta !== null && typeof meta === 'object' && !Array.isArray(meta) ? meta['security'] : undefined;
  return Array.isArray(security) ? security.filter((label): label is JsonObject => label !== null && typeof label === 'object' && !Array.isArray(label)) : [];
}

function codeOf(label: JsonObject): string {
  return textOf(label['code']) || 'unknown';
}

/** First matching rule of kind.json; no rule: unclassified, and hidden. */
function categoryOf(rules: readonly CategoryRule[], partnerKey: string, resource: JsonObject): SharingCategory {
  const rule = rules.find((each) => each.type === resource['resourceType'] && (each.partner === undefined || each.partner === partnerKey)
    && (each.code === undefined || hasCode(resource, each.code)));
  return (rule?.category ?? 'unclassified') as SharingCategory;
}

function hasCode(value: Json, wanted: string): boolean {
  if (value === null || typeof value !== 'object') return false;
  if (!Array.isArray(value) && typeof value['code'] === 'string' && (`${textOf(value['system'])}|${value['code']}` === wanted || value['code'] === wanted)) return true;
  return (Array.isArray(value) ? value : Object.values(value)).some((each) => hasCode(each, wanted));
}
