import { textOf, type JsonObject } from './json.ts';

/** A label as `meta.security` says it. */
export interface LabelCoding {
  system: string;
  code: string;
  display: string;
}

/** A citizen's whereabouts: given to parts of rows, never to whole ones. See names-place.ts. */
export const hiddenLocation = 'LOCIS';
/** A partner's own dissent flag on a person: on the Patient it covers every row of that partner about them. */
export const sourceDissent = 'source-dissent';
/** Stands for every label nobody here knows: no clause can name it, so it closes the row to all but its custodian. */
export const unknownLabel = 'unknown-label';

const legalRestriction = 'legal-restriction';
const actCode = 'http://terminology.hl7.org/CodeSystem/v3-ActCode';
const confidentiality = 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality';
const own = 'https://fhir.bicp.example/CodeSystem/sharing-label';

const known: readonly LabelCoding[] = [
  { system: confidentiality, code: 'R', display: 'restricted' },
  { system: confidentiality, code: 'V', display: 'very restricted' },
  { system: actCode, code: 'COGN', display: 'cognitive disability information sensitivity' },
  { system: actCode, code: 'ETH', display: 'substance abuse information sensitivity' },
  { system: actCode, code: 'ETHUD', display: 'alcohol use disorder information sensitivity' },
  { system: actCode, code: 'GDIS', display: 'genetic disease information sensitivity' },
  { system: actCode, code: 'GENDER', display: 'gender and sexual orientation information sensitivity' },
  { system: actCode, code: 'HIV', display: 'HIV/AIDS information sensitivity' },
  { system: actCode, code: hiddenLocation, display: 'location information sensitivity' },
  { system: actCode, code: 'MH', display: 'mental health information sensitivity' },
  { system: actCode, code: 'OPIOIDUD', display: 'opioid use disorder information sensitivity' },
  { system: actCode, code: 'PRS', display: 'patient requested information sensitivity' },
  { system: actCode, code: 'PSY', display: 'psychiatry disorder information sensitivity' },
  { system: actCode, code: 'PSYTHPN', display: 'psychotherapy note information sensitivity' },
  { system: actCode, code: 'SDV', display: 'sexual assault, abuse, or domestic violence information sensitivity' },
  { system: actCode, code: 'SEX', display: 'sexuality and reproductive health information sensitivity' },
  { system: actCode, code: 'STD', display: 'sexually transmitted disease information sensitivity' },
  { system: actCode, code: 'SUD', display: 'substance use disorder information sensitivity' },
  { system: actCode, code: 'TBOO', display: 'taboo' },
  { system: actCode, code: 'VIO', display: 'violence information sensitivity' },
  { system: own, code: legalRestriction, display: 'Restricted by law' },
  { system: own, code: sourceDissent, display: 'Dissent recorded at the source' },
  { system: own, code: unknownLabel, display: 'A label the gateway does not know' },
];

/** Every label there is, by its bare code: what a class carries and a clause names. */
export const sharingLabels: ReadonlyMap<string, LabelCoding> = new Map(known.map((label) => [label.code, label]));

/** What a clause may name. */
export const namableLabels: readonly string[] = known.map(({ code }) => code).filter((code) => code !== unknownLabel);

/** What a code set or a kind may give to whole rows: the others say something of a person or of nobody. */
export const rowLabels: readonly string[] = namableLabels.filter((code) => code !== hiddenLocation && code !== sourceDissent);

/** Levels of confidentiality that restrict nothing beyond the rules everything is under. */
const unrestricted: ReadonlySet<string> = new Set(['U', 'L', 'M', 'N'].map((code) => `${confidentiality}|${code}`));

/** The labels a resource's `meta.security` gives it. What is not known, by system and code, is the label that hides. */
export function labelsIn(security: readonly JsonObject[]): string[] {
  const labels = security.flatMap((coding) => {
    const [system, code] = [textOf(coding['system']), textOf(coding['code'])];
    if (unrestricted.has(`${system}|${code}`)) return [];
    return sharingLabels.get(code)?.system === system ? [code] : [unknownLabel];
  });
  return [...new Set(labels)].sort();
}

/** `meta.security` that says all these labels: what was said already stays as it was said. */
export function withLabels(security: readonly JsonObject[], labels: readonly string[]): JsonObject[] {
  const said = new Set(labelsIn(security));
  const added = labels.filter((label) => !said.has(label)).map((label) => ({ ...(sharingLabels.get(label) ?? { system: own, code: unknownLabel, display: '' }) }));
  return [...security, ...added];
}
