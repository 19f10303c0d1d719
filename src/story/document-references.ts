import type { CodeableConcept, DocumentReference } from '@medplum/fhirtypes';
import { codeSystem } from './concept-words.ts';
import { uuidOf } from './coordinated-plan.ts';
import { summaryType } from './summary-document.ts';

/** Which documents are wanted; what is left out is not asked. */
export interface DocumentWish {
  /** any of these */
  types: readonly { system?: string; code: string }[];
  /** ms: care from then on */
  from?: number;
  /** false: only documents that are kept as such */
  onDemand?: boolean;
}

const rule = 'docref-v1';
/** Made when they are read, of all the care there is until then. */
const documents: readonly { operation: string; type: CodeableConcept & { text: string } }[] = [
  { operation: '$summary', type: { coding: [summaryType], text: 'Patient summary' } },
  { operation: '$story', type: { coding: [{ system: codeSystem('story-item'), code: 'story' }], text: 'One story' } },
];

/** The documents that can be had about a citizen. None is kept as such: each is composed at its address when it is read there. */
export function documentReferences(citizen: string, wish: DocumentWish, base: string, now: Date): (DocumentReference & { id: string })[] {
  if (wish.onDemand === false || (wish.from ?? 0) > now.getTime()) return [];
  const wanted = ({ coding = [] }: CodeableConcept): boolean => wish.types.length === 0 || wish.types.some(({ system, code }) => coding.some((each) => each.code === code && (system === undefined || each.system === system)));
  return documents.filter(({ type }) => wanted(type)).map(({ operation, type }) => ({
    resourceType: 'DocumentReference', id: uuidOf(`${rule}|${citizen}|${operation}`), meta: { source: `urn:onestory:composed#${rule}` },
    status: 'current', type, subject: { reference: `${base}/Patient/${citizen}`, type: 'Patient' },
    content: [{ attachment: { contentType: 'application/fhir+json', url: `${base}/Patient/${citizen}/${operation}`, title: type.text } }],
  }));
}
