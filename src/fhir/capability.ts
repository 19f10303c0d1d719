import type {
  CapabilityStatement, CapabilityStatementRestResource, CapabilityStatementRestResourceInteraction, CapabilityStatementRestResourceOperation,
  CapabilityStatementRestInteraction, CapabilityStatementRestResourceSearchParam, CapabilityStatementRestSecurity,
} from '@medplum/fhirtypes';
import { getSearchParameter } from '@medplum/core';
import { loadDefinitions } from './definitions.ts';
import { profileUrlOf } from './profiles.ts';
import { searchableTypes, searchParameterOf, searchParametersOf } from './search-parameters.ts';
import type { SearchParameterRow } from './search-parameters.ts';
import { subscriptionTopics } from './subscription-topics.ts';

export type Interaction = NonNullable<CapabilityStatementRestResourceInteraction['code']>;

/** Name without `$`, canonical of its definition, and who may use it where not everybody may. */
export interface Operation {
  name: string;
  definition: string;
  documentation?: string;
}

export interface ParameterName {
  name: string;
  type: NonNullable<CapabilityStatementRestResourceSearchParam['type']>;
}

/** What the routes' own table says is there; nothing is listed that has no route. */
export interface CapabilityInput {
  /** FHIR base URL, without a slash at its end */
  base: string;
  /** of the software */
  version: string;
  /** when this statement last changed: a FHIR dateTime */
  date: string;
  /** by resource type */
  interactions: Readonly<Record<string, readonly Interaction[]>>;
  /** by resource type: how it is searched where that is not as records are */
  parameters?: Readonly<Record<string, readonly ParameterName[]>>;
  /** by resource type */
  operations?: Readonly<Record<string, readonly Operation[]>>;
  /** at the base itself */
  system?: { interactions: readonly CapabilityStatementRestInteraction[]; operations: readonly Operation[] };
  /** whether a person's compartment can be searched: `Patient/{id}/{type}` */
  compartment?: boolean;
  /** absolute addresses of the token issuer */
  oauth: { authorize: string; token: string; introspect: string; revoke: string };
}

/** The gateway's CapabilityStatement (FHIR R4, kind instance), with SMART's addresses in its security part. */
export function capabilityStatement(input: CapabilityInput): CapabilityStatement {
  loadDefinitions();
  return {
    resourceType: 'CapabilityStatement',
    status: 'active',
    date: input.date,
    publisher: 'Birmingham Integrated Care Partnership',
    kind: 'instance',
    software: { name: 'OneStory', version: input.version },
    implementation: { description: 'OneStory shared care record and FHIR gateway', url: input.base },
    fhirVersion: '4.0.1',
    format: ['application/fhir+json', 'application/fhir+xml', 'json', 'xml'],
    rest: [{
      mode: 'server',
      documentation: 'What a caller sees depends on agreements, on each person\'s choices and on the caller\'s role; what is kept back looks as if it did not exist, unless an agreement lets a notice say so. A condition that is not served is refused, whatever the caller prefers; with "Prefer: handling=lenient" what only shapes the answer is left out and named. References can be chained and searched in reverse (_has) through three resources.',
      security: securityOf(input.oauth),
      resource: Object.keys(input.interactions).sort().map((type) => resourceOf(type, input)),
      ...(input.compartment && { compartment: ['http://hl7.org/fhir/CompartmentDefinition/patient'] }),
      ...(input.system && { interaction: [...input.system.interactions], operation: [...input.system.operations] }),
    }],
  };
}

function resourceOf(type: string, input: CapabilityInput): CapabilityStatementRestResource {
  const interactions = input.interactions[type] ?? [];
  const operation: CapabilityStatementRestResourceOperation[] = [...(input.operations?.[type] ?? [])];
  const profile = profileUrlOf(type);
  const searchable = interactions.includes('search-type');
  const own = input.parameters?.[type]?.map((parameter) => withDefinition(type, parameter));
  const searchParam = searchable ? (own ?? (searchParametersOf(type) ?? []).map(searchParamOf)) : [];
  return {
    ...(type === 'Subscription' && { extension: subscriptionTopics.map(({ url }) => ({ url: topicExtension, valueCanonical: url })) }),
    type: type as NonNullable<CapabilityStatementRestResource['type']>,
    ...(profile !== undefined && { supportedProfile: [profile] }),
    ...(interactions.length > 0 && { interaction: interactions.map((code) => ({ code })) }),
    versioning: interactions.includes('vread') ? 'versioned' : 'no-version',
    ...(interactions.includes('patch') && { conditionalCreate: true, conditionalUpdate: true, conditionalDelete: 'single', updateCreate: false }),
    ...(interactions.includes('read') && { readHistory: interactions.includes('vread'), conditionalRead: type === 'Patient' || type === 'Practitioner' ? 'not-match' : 'full-support' }),
    ...(searchable && !own && includesOf(type)),
    ...(searchParam.length > 0 && { searchParam }),
    ...(operation.length > 0 && { operation }),
  };
}

/** Where the topics of subscriptions are listed. */
const topicExtension = 'http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition/capabilitystatement-subscriptiontopic-canonical';

function searchParamOf(row: SearchParameterRow): CapabilityStatementRestResourceSearchParam {
  return { name: row.name, definition: row.url, type: fhirTypeOf(row) };
}

function withDefinition(type: string, parameter: ParameterName): CapabilityStatementRestResourceSearchParam {
  const definition = getSearchParameter(type, parameter.name)?.url;
  return { name: parameter.name, ...(definition !== undefined && { definition }), type: parameter.type };
}

/** References that can be followed from this type, and to it from others. */
function includesOf(type: string): Pick<CapabilityStatementRestResource, 'searchInclude' | 'searchRevInclude'> {
  const references = (of: string): string[] => (of === 'AuditEvent' ? [] : (searchParametersOf(of) ?? []).filter((row) => row.kind === 'reference' && !row.canonical).map(({ name }) => `${of}:${name}`));
  const towards = searchableTypes().flatMap((of) => references(of).filter((each) => {
    const row = searchParameterOf(of, each.slice(of.length + 1));
    return row?.kind === 'reference' && row.targets.includes(type);
  }));
  return { ...(references(type).length > 0 && { searchInclude: references(type) }), ...(towards.length > 0 && type !== 'AuditEvent' && { searchRevInclude: towards }) };
}

function fhirTypeOf(row: SearchParameterRow): NonNullable<CapabilityStatementRestResourceSearchParam['type']> {
  if (row.kind === 'id') return 'token';
  return row.kind === 'updated' ? 'date' : row.kind;
}

function securityOf(oauth: CapabilityInput['oauth']): CapabilityStatementRestSecurity {
  return {
    cors: true,
    service: [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/restful-security-service', code: 'SMART-on-FHIR' }] }],
    extension: [{
      url: 'http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris',
      extension: Object.entries(oauth).map(([url, valueUri]) => ({ url, valueUri })),
    }],
  };
}
