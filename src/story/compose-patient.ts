import { createHash } from 'node:crypto';
import type { Coding, Extension, Meta, Patient, Provenance, Reference } from '@medplum/fhirtypes';
import { canonicalJson } from '../fhir/canonical-json.ts';
import { nhsNumberStatusOf, nhsNumberSystem } from '../fhir/nhs-number-status.ts';
import { chooseValue, singleElements } from './choose-value.ts';
import { alternativeValue, composeExtensions, notTracedUrl } from './compose-extensions.ts';
import { composeList, listElements } from './compose-lists.ts';
import { composedProvenance } from './composed-provenance.ts';
import { orderSources } from './order-sources.ts';
import { organisationIdentifier } from '../fhir/organisation-reference.ts';
import { newest } from './said-by.ts';
import type { Said } from './said-by.ts';
import type { SourcePatient } from './types.ts';

/** Changes when the rules below change, so that an ETag never outlives the way it was composed. */
const rule = 'patient-v3';

/** Element id in the composed Patient → the sources that say that element. */
export type Witnesses = Map<string, readonly SourcePatient[]>;

/**
 * The citizen as one Patient, composed from the source Patients the caller may see and from nothing else. Elements a
 * person has several of are the union of what is said, the same in other writing only once and as the fullest says it
 * (see `Folding`), with every source that says it or part of it as its witness; of those a person has once one value is shown and every other
 * stands beside it as an `alternative-value` extension naming who says it. Every element has an `id`; the Provenance
 * of each source points at the ids it is a witness of. Not carried over: the partner's narrative and contained
 * resources, its own `link`s, and `managingOrganization`, which says who keeps one source record: the composed one has
 * its keepers in `meta.tag`, a `seealso` link to each source and a `replaces` link to each id the citizen had before (`formerly`). The order of sources plays no part.
 * Needs at least one source: with none there is no Patient to show.
 */
export function composePatient(input: { citizen: string; sources: readonly SourcePatient[]; formerly?: readonly string[] }): { patient: Patient; provenance: Provenance[]; etag: string } {
  const ordered = orderSources(input.sources);
  const sources = ordered.mostTrustedFirst;
  if (sources.length === 0) throw new Error('nothing to compose from');
  const witnesses: Witnesses = new Map();
  const extensions: Said<Extension>[] = composeExtensions(ordered);
  const body: Record<string, unknown> = {};
  for (const element of listElements) {
    const said = composeList(element, ordered);
    if (said.length > 0) body[element] = said.map((one, i) => witnessed(witnesses, `${element}-${i + 1}`, one));
  }
  for (const element of Object.keys(singleElements)) {
    const choice = chooseValue(element, ordered);
    if (!choice) continue;
    const { property, value, beside } = choice.chosen.value;
    witnesses.set(element, choice.chosen.by);
    if (value !== null && typeof value === 'object') body[property] = { ...value, id: element };
    else Object.assign(body, { [property]: value, [`_${property}`]: { id: element, ...(beside ? { extension: beside } : {}) } });
    extensions.push(...choice.others.map((other) => alternativeValue(element, other)));
  }
  const shown: Extension[] = extensions.map((one, i) => witnessed(witnesses, `extension-${i + 1}`, one));
  if (!sources.some(isTraced)) shown.push({ url: notTracedUrl, valueBoolean: true });
  const patient = {
    resourceType: 'Patient',
    id: input.citizen,
    meta: composedMeta(sources),
    ...(shown.length > 0 ? { extension: shown } : {}),
    ...body,
    link: [...sources.map(({ id }) => linkTo(id, 'seealso')), ...(input.formerly ?? []).map((id) => linkTo(id, 'replaces'))],
  } as unknown as Patient;
  return { patient, provenance: sources.map((source) => composedProvenance(input.citizen, source, witnesses, rule)), etag: composedEtag(sources) };
}

function linkTo(id: string, type: 'seealso' | 'replaces'): { other: Reference<Patient>; type: 'seealso' | 'replaces' } {
  return { other: { reference: `Patient/${id}`, type: 'Patient' }, type };
}

/** Depends on the visible source versions, on which of their parts may be seen, and on the rule alone. */
export function composedEtag(sources: readonly SourcePatient[]): string {
  const versions = sources.map(({ id, version, parts = [] }) => [`${id}/${version}`, ...[...parts].sort()].join(' ')).sort();
  return createHash('sha256').update(canonicalJson([rule, versions])).digest('hex').slice(0, 32);
}

function witnessed<T extends object>(witnesses: Witnesses, id: string, { value, by }: Said<T>): T & { id: string } {
  witnesses.set(id, by);
  return { ...value, id };
}

function composedMeta(sources: readonly SourcePatient[]): Meta {
  const custodians = [...new Map(sources.map((source) => [source.custodian, source.custodianName]))].sort(([a], [b]) => (a < b ? -1 : 1));
  const labels = new Map(sources.flatMap(({ resource }) => resource.meta?.security ?? []).map((label): [string, Coding] => [`${label.system ?? ''}|${label.code ?? ''}`, label]));
  const [first, ...rest] = sources.map(({ resource }) => resource.meta?.profile ?? []);
  const profiles = (first ?? []).filter((profile) => rest.every((others) => others.includes(profile))).sort();
  return {
    lastUpdated: newest(sources),
    source: `urn:onestory:composed#${rule}`,
    ...(profiles.length > 0 ? { profile: profiles } : {}),
    ...(labels.size > 0 ? { security: [...labels].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, label]) => label) } : {}),
    tag: custodians.map(([key, display]) => {
      const { system, value } = organisationIdentifier(key);
      return { system, code: value, display };
    }),
  };
}

/** Somebody checked the number against the national record. Source: NHS NUMBER STATUS INDICATOR CODE 01. */
function isTraced({ resource }: SourcePatient): boolean {
  return resource.identifier?.some((identifier) => identifier.system === nhsNumberSystem && identifier.value !== undefined && nhsNumberStatusOf(identifier) === '01') ?? false;
}
