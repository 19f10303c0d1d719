/** An input that may stand in the address of a GET. */
export interface OperationInput {
  name: string;
  about: string;
}

const url = { name: 'url', about: 'Canonical URL of what is asked about' };
const codes = [{ name: 'code', about: 'Code' }, { name: 'system', about: 'Code system of the code' }];
const exports: readonly OperationInput[] = [
  { name: '_type', about: 'Resource types, separated by commas; default: all the scopes cover' }, { name: '_since', about: 'Stored at or after an instant' }, { name: '_until', about: 'Stored at or before an instant' },
  { name: '_elements', about: 'Elements at the root, separated by commas' }, { name: '_outputFormat', about: 'application/fhir+ndjson' },
];

/** What is taken here of operations that others define, by the end of the definition's canonical: their definitions hold more. */
const taken: Readonly<Record<string, readonly OperationInput[]>> = {
  'Patient-everything': [
    { name: '_type', about: 'Resource types, separated by commas' }, { name: '_since', about: 'Records stored at or after an instant' },
    { name: 'start', about: 'Records of what was, or may have been, on or after a day' }, { name: 'end', about: 'Records of what was on or before a day' }, { name: '_count', about: 'Resources on a page' },
  ],
  'Resource-validate': [{ name: 'mode', about: 'create, update, delete or profile' }, { name: 'profile', about: 'Canonical URL of the profile to check by' }],
  summary: [{ name: 'profile', about: 'The IPS Bundle, or nothing' }],
  'IHE.PIXm.pix': [{ name: 'sourceIdentifier', about: 'system|value' }, { name: 'targetSystem', about: 'System of the identifiers that are wanted; may be repeated' }],
  docref: [
    { name: 'patient', about: 'Id of the Patient' }, { name: 'start', about: 'First day' }, { name: 'end', about: 'Last day' }, { name: 'type', about: 'system|code; may be repeated' },
    { name: 'on-demand', about: 'true or false' },
  ],
  'backport-subscription-events': [{ name: 'eventsSinceNumber', about: 'First number' }, { name: 'eventsUntilNumber', about: 'Last number' }],
  'ValueSet-expand': [url, { name: 'filter', about: 'Part of a code or of its words' }, { name: 'count', about: 'Codes on a page' }, { name: 'offset', about: 'Codes to pass over' }],
  'ValueSet-validate-code': [url, ...codes, { name: 'display', about: 'Words the code is to have' }],
  'CodeSystem-lookup': codes,
  'ConceptMap-translate': [url, ...codes, { name: 'targetsystem', about: 'Code system to translate to' }],
  export: exports, 'patient-export': exports, 'group-export': exports,
};

/** Of an operation at an address; where the address names one resource, that is no input. */
export function inputsTaken(definition: string, pattern: string): readonly OperationInput[] {
  return (taken[definition.split('/').at(-1) ?? ''] ?? []).filter(({ name }) => name !== 'url' || !pattern.includes('{id}'));
}
