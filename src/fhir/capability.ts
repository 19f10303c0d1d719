import { getSearchParameter } from '@medplum/core';
import type {
  CapabilityStatement, CapabilityStatementRestResource, CapabilityStatementRestResourceInteraction, CapabilityStatementRestResourceOperation,
  CapabilityStatementRestInteraction, CapabilityStatementRestResourceSearchParam, CapabilityStatementRestSecurity,
} from '@medplum/fhirtypes';
import { loadDefinitions } from './definitions.ts';
import { profileUrlOf } from './profiles.ts';
import { searchParametersOf } from './search-parameters.ts';
import type { SearchParameterRow } from './search-parameters.ts';

export type Interaction = NonNullable<CapabilityStatementRestResourceInteraction['code']>;

/** Name without `$`, canonical of its definition, and who may use it where not everybody may. */
export interface Operation {
  name: string;
  definition: string;
  documentation?: string;
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
  /** by resource type */
  operations?: Readonly<Record<string, readonly Operation[]>>;
  /** at the base itself */
  system?: { interactions: readonly CapabilityStatementRestInteraction[]; operations: readonly Operation[] };
  /** absolute addresses of the token issuer */
  oauth: { authorize: string; token: string };
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
    format: ['application/fhir+json', 'json'],
    rest: [{
      mode: 'server',
      documentation: 'What a caller sees depends on agreements, on each person\'s choices and on the caller\'s role; what is kept back looks as if it did not exist, unless an agreement lets a notice say so. Unknown search parameters are refused unless "Prefer: handling=lenient" is sent.',
      security: securityOf(input.oauth),
      resource: Object.keys(input.interactions).sort().map((type) => resourceOf(type, input)),
      ...(input.system && { interaction: [...input.system.interactions], operation: [...input.system.operations] }),
    }],
  };
}

function resourceOf(type: string, input: CapabilityInput): CapabilityStatementRestResource {
  const interactions = input.interactions[type] ?? [];
  const operation: CapabilityStatementRestResourceOperation[] = [...(input.operations?.[type] ?? [])];
  const profile = profileUrlOf(type);
  const searchable = interactions.includes('search-type');
  const searchParam = searchable ? (searchParametersOf(type) ?? []).map((row) => searchParamOf(type, row)) : [];
  return {
    type: type as NonNullable<CapabilityStatementRestResource['type']>,
    ...(profile !== undefined && { supportedProfile: [profile] }),
    interaction: interactions.map((code) => ({ code })),
    versioning: interactions.includes('vread') ? 'versioned' : 'no-version',
    ...(interactions.includes('patch') && { conditionalCreate: true, conditionalUpdate: true, conditionalDelete: 'single', updateCreate: false }),
    ...(interactions.includes('read') && { readHistory: interactions.includes('vread'), conditionalRead: 'not-match' }),
    ...(searchParam.length > 0 && { searchParam }),
    ...(operation.length > 0 && { operation }),
  };
}

const commonDefinitions: Readonly<Record<string, string>> = {
  _id: 'http://hl7.org/fhir/SearchParameter/Resource-id',
  _lastUpdated: 'http://hl7.org/fhir/SearchParameter/Resource-lastUpdated',
  component: 'https://fhir.bicp.example/SearchParameter/component',
};

function searchParamOf(type: string, row: SearchParameterRow): CapabilityStatementRestResourceSearchParam {
  const definition = commonDefinitions[row.name] ?? getSearchParameter(type, row.name)?.url;
  return { name: row.name, ...(definition !== undefined && { definition }), type: fhirTypeOf(row) };
}

function fhirTypeOf(row: SearchParameterRow): 'token' | 'reference' | 'string' | 'date' {
  if (row.kind === 'id') return 'token';
  return row.kind === 'updated' ? 'date' : row.kind;
}

function securityOf(oauth: CapabilityInput['oauth']): CapabilityStatementRestSecurity {
  return {
    cors: false,
    service: [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/restful-security-service', code: 'SMART-on-FHIR' }] }],
    extension: [{
      url: 'http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris',
      extension: [{ url: 'authorize', valueUri: oauth.authorize }, { url: 'token', valueUri: oauth.token }],
    }],
  };
}
