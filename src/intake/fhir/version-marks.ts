import { isJsonObject, textOf, type Json, type JsonObject } from '../../fhir/json.ts';
import type { Problem } from '../../fhir/problem.ts';
import type { Entry } from './bundle-entries.ts';
import type { BundleSchema } from './bundle-schema.ts';

type Version = BundleSchema['version'];

/** Resource types that only one of the two editions has. Source: hl7.org/fhir/STU3 and hl7.org/fhir/R4, resource lists. */
const typesOf: Readonly<Record<Version, ReadonlySet<string>>> = {
  STU3: new Set([
    'BodySite', 'DataElement', 'DeviceComponent', 'EligibilityRequest', 'EligibilityResponse', 'ExpansionProfile', 'ImagingManifest', 'ProcedureRequest',
    'ProcessRequest', 'ProcessResponse', 'ReferralRequest', 'Sequence', 'ServiceDefinition',
  ]),
  R4: new Set([
    'BiologicallyDerivedProduct', 'BodyStructure', 'ChargeItemDefinition', 'CoverageEligibilityRequest', 'CoverageEligibilityResponse', 'DeviceDefinition', 'EventDefinition', 'Evidence',
    'ExampleScenario', 'ImmunizationEvaluation', 'InsurancePlan', 'Invoice', 'MedicationKnowledge', 'MolecularSequence', 'ObservationDefinition', 'OrganizationAffiliation',
    'ServiceRequest', 'SpecimenDefinition', 'TerminologyCapabilities', 'VerificationResult',
  ]),
};

/** Elements whose presence, or whose form, only one edition knows. Source: "STU3 to R4 conversions" in the R4 page of each type. */
const marks: readonly { type: string; element: string; form: 'any' | 'code' | 'concept'; version: Version }[] = [
  { type: 'AllergyIntolerance', element: 'assertedDate', form: 'any', version: 'STU3' },
  { type: 'AllergyIntolerance', element: 'clinicalStatus', form: 'code', version: 'STU3' },
  { type: 'AllergyIntolerance', element: 'clinicalStatus', form: 'concept', version: 'R4' },
  { type: 'AllergyIntolerance', element: 'recordedDate', form: 'any', version: 'R4' },
  { type: 'CarePlan', element: 'context', form: 'any', version: 'STU3' },
  { type: 'CarePlan', element: 'encounter', form: 'any', version: 'R4' },
  { type: 'Condition', element: 'assertedDate', form: 'any', version: 'STU3' },
  { type: 'Condition', element: 'clinicalStatus', form: 'code', version: 'STU3' },
  { type: 'Condition', element: 'clinicalStatus', form: 'concept', version: 'R4' },
  { type: 'Condition', element: 'recordedDate', form: 'any', version: 'R4' },
  { type: 'Consent', element: 'consentingParty', form: 'any', version: 'STU3' },
  { type: 'Consent', element: 'scope', form: 'any', version: 'R4' },
  { type: 'Encounter', element: 'reason', form: 'any', version: 'STU3' },
  { type: 'Encounter', element: 'reasonCode', form: 'any', version: 'R4' },
  { type: 'MedicationStatement', element: 'taken', form: 'any', version: 'STU3' },
  { type: 'MessageHeader', element: 'event', form: 'any', version: 'STU3' },
  { type: 'MessageHeader', element: 'eventCoding', form: 'any', version: 'R4' },
  { type: 'Observation', element: 'comment', form: 'any', version: 'STU3' },
  { type: 'Patient', element: 'animal', form: 'any', version: 'STU3' },
];

/** A resource written in the other edition: it would be misread, so the Bundle is refused. */
export function versionProblems(entries: readonly Entry[], expected: Version): Problem[] {
  const found = entries.flatMap(({ resource, pointer }) => (isWrittenIn(other(expected), resource) ? [pointer] : []));
  return found.slice(0, 1).map((pointer) => ({
    category: 'unprocessable', code: 'fhir-version', text: 'The resource is written in another edition of FHIR than this feed takes.', at: { pointer }, expected: `FHIR ${expected}`,
    fix: 'Send it to the feed for that edition, or have the sender write the agreed one.',
  }));
}

function other(version: Version): Version {
  return version === 'R4' ? 'STU3' : 'R4';
}

/** Whether a resource has a mark of this edition. */
export function isWrittenIn(version: Version, resource: JsonObject): boolean {
  const type = textOf(resource['resourceType']);
  return typesOf[version].has(type) || (version === 'STU3' && claimsStu3(resource['meta']))
    || marks.some((mark) => mark.version === version && mark.type === type && hasForm(resource[mark.element], mark.form));
}

function claimsStu3(meta: Json | undefined): boolean {
  const profiles = isJsonObject(meta) ? [meta['profile']].flat() : [];
  return profiles.some((profile) => typeof profile === 'string' && profile.includes('/STU3/'));
}

function hasForm(value: Json | undefined, form: 'any' | 'code' | 'concept'): boolean {
  if (form === 'any') return value !== undefined;
  return form === 'code' ? typeof value === 'string' : isJsonObject(value);
}
