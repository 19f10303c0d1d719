import { hash } from 'node:crypto';
import { relationshipEvidence, type Evidence } from '../../consent/relationship-evidence.ts';
import { textOf, type Json, type JsonObject } from '../../fhir/json.ts';
import { hiddenLocation, labelsIn } from '../../fhir/sharing-labels.ts';
import type { SharingCategory } from '../../fhir/sharing.ts';
import type { CategoryRule, Feed, Kind } from '../../intake/types.ts';
import type { PendingRow } from '../../store/intake/intake-queue.ts';
import type { ReadOut } from '../../store/sharing/choices.ts';
import type { IntakeContext } from './intake-context.ts';
import { keepApart, type Apart } from './keep-apart.ts';
import type { LinkedRow } from './link-people.ts';
import { partnerId, resolveReferences, resourceId } from './name-resource.ts';

/** Where resources come from and whose they are: a row of a feed that was linked, or what somebody wrote through the API. */
export interface Said {
  feed: Pick<Feed, 'key' | 'partner'>;
  kind: Pick<Kind, 'categories'>;
  row: Pick<PendingRow, 'recordId' | 'row' | 'personKey' | 'receivedAt'>;
  citizen: string;
  /** as in LinkedRow */
  person: string | null;
  home: string;
  homes: readonly string[];
  /** absent: no mapping made it */
  mapping?: string;
}

/** One resource as it will be stored: named, pointing at the citizen, taken apart by sharing class. */
export interface PreparedResource<From extends Said = LinkedRow> extends Apart {
  linked: From;
  id: string;
  /** the partner's own Patient: its dissent covers everything the partner says of the person */
  patientId: string;
  type: string;
  category: SharingCategory;
  /** said by the source, given by the origin, or earned by a code */
  labels: string[];
  /** `meta.security` as mapped */
  security: JsonObject[];
  evidence: Evidence[];
  contentHash: Buffer;
  /** as it would be if another of those who are this citizen had said the same */
  alike: readonly Buffer[];
  /** as mapped, for reading a choice out of a Consent */
  resource: JsonObject;
  /** what a Consent says of sharing, where it was read out before */
  choice?: ReadOut;
  /** newer is known of it: nothing of it is written, but its labels count */
  older?: true;
}

/** Citizens whom these rows flag: where they are must not show. */
export function flaggedCitizens(rows: readonly Pick<LinkedRow, 'citizen' | 'resources' | 'late' | 'older'>[]): Set<string> {
  const flags = ({ resources, late, older }: Pick<LinkedRow, 'resources' | 'late' | 'older'>): boolean => [...resources, ...late, ...older].some((mapped) => mapped['resourceType'] === 'Patient' && labelsIn(securityOf(mapped['meta'])).includes(hiddenLocation));
  return new Set(rows.filter(flags).map(({ citizen }) => citizen));
}

/** Names a row's resources, turns its references into ours, and says of each what sort of information it is and how sensitive. */
export function prepareResources(context: IntakeContext, linked: LinkedRow, hidden: boolean): PreparedResource[] {
  const { partner } = linked.feed;
  const lateLabels = new Map(linked.late.map((mapped) => [
    resourceId(context.secrets, mapped, partner.identifierBase), [...labelsIn(securityOf(mapped['meta'])), ...context.sensitiveCodes.labelsOf(mapped)],
  ]));
  const patientId = partnerId(context.secrets, 'Patient', `${partner.identifierBase}/person`, linked.about ?? linked.row.personKey);
  const prepare = (mapped: JsonObject): PreparedResource => {
    const id = resourceId(context.secrets, mapped, partner.identifierBase) ?? context.newId();
    return prepareResource(context, { linked, id, patientId, mapped, rows: noRows, labels: lateLabels.get(id) ?? [], hidden });
  };
  return [...linked.resources.map(prepare), ...linked.older.map((mapped) => ({ ...prepare(mapped), older: true as const }))];
}

const noRows: ReadonlySet<string> = new Set();

/** The same of one resource that has its id. `rows`: records about the person that it names by their ids; `labels`: beside those it earns. */
export function prepareResource<From extends Said>(
  context: Pick<IntakeContext, 'secrets' | 'sensitiveCodes' | 'directory' | 'clock'>,
  { linked, id, patientId, mapped, rows, labels: more, hidden }: { linked: From; id: string; patientId: string; mapped: JsonObject; rows: ReadonlySet<string>; labels: readonly string[]; hidden: boolean },
): PreparedResource<From> {
  const { partner } = linked.feed;
  const type = textOf(mapped['resourceType']);
  const { meta, text: _narrative, ...content } = mapped;
  const { resolved, own } = resolve(context, linked, content);
  const rule = ruleFor(linked.kind.categories, partner.partnerKey, mapped);
  const security = securityOf(meta);
  const said = [...labelsIn(security), ...more, ...(rule?.labels ?? [])];
  const labels = new Set([...said, ...context.sensitiveCodes.labelsOf(resolved)]);
  const text = JSON.stringify([resolved, [...new Set(said)]]); // without what the code sets add: the same content is no new version because a set was changed
  return {
    linked, id, patientId, type,
    category: (rule?.category ?? 'unclassified') as SharingCategory,
    labels: [...labels].filter((label) => label !== hiddenLocation).sort(),
    security: security.filter((label) => textOf(label['code']) !== hiddenLocation),
    ...keepApart({ resourceType: type, id, ...resolved }, (_, target) => own.has(target) || rows.has(target), hidden ? custodianOf(context, partner.organisation) : null),
    evidence: relationshipEvidence(mapped, partner.organisation, linked.row.receivedAt ?? context.clock(), (organisation) => context.directory.get(organisation)?.isPractice ?? false),
    contentHash: hashNaming(linked, linked.home, text),
    alike: linked.homes.filter((home) => home !== linked.home).map((home) => hashNaming(linked, home, text)),
    resource: mapped,
  };
}

/** The content as it read when the person was first met: that the person became another citizen changes nothing of what is said. */
function hashNaming({ citizen }: Said, home: string, text: string): Buffer {
  return hash('sha256', citizen === home ? text : text.replaceAll(`Patient/${citizen}`, `Patient/${home}`), 'buffer');
}

/** Whether a row with this hash says what is said now, whoever of those who are the citizen said it. */
export function saysTheSame({ contentHash, alike }: Pick<PreparedResource, 'contentHash' | 'alike'>, standing: Buffer | undefined): boolean {
  return standing !== undefined && [contentHash, ...alike].some((each) => each.equals(standing));
}

/** How rows name the organisation they are of. */
export function custodianOf(context: Pick<IntakeContext, 'directory'>, key: string): { key: string; reference: string | undefined } {
  const place = context.directory.get(key);
  return { key, reference: place && `Organization/${place.id}` };
}

/** The content with its references turned into ours, and the ids of the partner's own records it names. */
function resolve(context: Pick<IntakeContext, 'secrets' | 'directory'>, linked: Said, content: JsonObject): { resolved: JsonObject; own: Set<string> } {
  const { identifierBase } = linked.feed.partner;
  const own = new Set<string>();
  const resolved = resolveReferences(content, (target, system, value) => {
    if (target === 'Patient' && system === `${identifierBase}/person`) return { reference: `Patient/${linked.citizen}` };
    if (system.startsWith(`${identifierBase}/`)) {
      const targetId = partnerId(context.secrets, target, system, value);
      own.add(targetId);
      return { reference: `${target}/${targetId}` };
    }
    const place = target === 'Organization' ? context.directory.get(`${system}|${value}`) : undefined;
    return place && { reference: `Organization/${place.id}`, display: place.name };
  }) as JsonObject;
  return { resolved, own };
}

function securityOf(meta: Json | undefined): JsonObject[] {
  const security = meta !== null && typeof meta === 'object' && !Array.isArray(meta) ? meta['security'] : undefined;
  return Array.isArray(security) ? security.filter((label): label is JsonObject => label !== null && typeof label === 'object' && !Array.isArray(label)) : [];
}

/** First matching rule of kind.json; no rule: unclassified, and hidden. */
function ruleFor(rules: readonly CategoryRule[], partnerKey: string, resource: JsonObject): CategoryRule | undefined {
  return rules.find((each) => each.type === resource['resourceType'] && (each.partner === undefined || each.partner === partnerKey)
    && (each.code === undefined || hasCode(resource, each.code)));
}

function hasCode(value: Json, wanted: string): boolean {
  if (value === null || typeof value !== 'object') return false;
  if (!Array.isArray(value) && typeof value['code'] === 'string' && (`${textOf(value['system'])}|${value['code']}` === wanted || value['code'] === wanted)) return true;
  return (Array.isArray(value) ? value : Object.values(value)).some((each) => hasCode(each, wanted));
}
