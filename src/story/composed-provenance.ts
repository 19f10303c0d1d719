import { createHash } from 'node:crypto';
import type { Provenance } from '@medplum/fhirtypes';
import { organisationIdentifier, organisationReference } from '../fhir/organisation-reference.ts';
import type { SourcePatient } from './types.ts';

/** FHIR R4 core extension on a Reference: its focus is the element with this id in the target resource. */
const targetElementUrl = 'http://hl7.org/fhir/StructureDefinition/targetElement';

/**
 * What one source Patient says of a composed one: the ids of the elements it is a witness of, whose record it is and
 * which version. `recorded` is when that version was stored here. The id follows from what it says, so the same
 * composition always carries the same Provenance.
 */
export function composedProvenance(citizen: string, source: SourcePatient, witnesses: ReadonlyMap<string, readonly SourcePatient[]>, rule: string): Provenance {
  const elements = [...witnesses].filter(([, by]) => by.includes(source)).map(([id]) => id);
  const { system, value } = organisationIdentifier(source.custodian);
  return {
    resourceType: 'Provenance',
    id: createHash('sha256').update(`${rule}|${citizen}|${source.id}|${source.version}|${elements.join()}`).digest('hex').slice(0, 32),
    meta: { source: `urn:onestory:composed#${rule}`, tag: [{ system, code: value, display: source.custodianName }] },
    target: [{
      reference: `Patient/${citizen}`,
      type: 'Patient',
      ...(elements.length > 0 ? { extension: elements.map((id) => ({ url: targetElementUrl, valueUri: id })) } : {}),
    }],
    recorded: source.updatedAt,
    agent: [{
      type: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/provenance-participant-type', code: 'custodian', display: 'Custodian' }] },
      who: organisationReference(source.custodian, source.custodianName),
    }],
    entity: [{ role: 'source', what: { reference: `Patient/${source.id}/_history/${source.version}`, type: 'Patient' } }],
  };
}
