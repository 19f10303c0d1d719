import { Refusal } from '../../../fhir/problem.ts';
import type { Requester } from '../../../fhir/sharing.ts';
import { assembleText } from '../../../flow/assemble.ts';
import type { ReleasedStory, StoryOf } from '../../../flow/story/release-story.ts';
import type { RequestFacts } from '../../../flow/release-context.ts';
import { formParameters } from '../representation.ts';
import type { Asked, Reply } from '../route.ts';
import { composedEntry, documentText, entryAt } from './document-text.ts';
import { readMoment } from './read-moment.ts';
import { readPosted } from './read-inputs.ts';
import type { ResourceLimits } from './read-resource.ts';

export interface StoryServices {
  base: string;
  limits: ResourceLimits;
  clock: () => Date;
  story: (requester: Requester, of: StoryOf, base: string, request: RequestFacts) => Promise<ReleasedStory>;
}

/**
 * GET or POST [base]/Patient/{citizen}/$story?at=&print= · ours: profiles/OperationDefinition-story.json
 * The composed story as a FHIR document (http://hl7.org/fhir/R4/documents.html): Composition, Patient, the coordinated
 * plans, a List of each thread, every record a line names, the organisations those name, and who says what.
 */
export async function patientStory(services: StoryServices, asked: Asked, posted: boolean): Promise<Reply> {
  const given = [...asked.query.filter(([name]) => !formParameters.includes(name)), ...(posted ? await readPosted(asked, services.limits) : [])];
  if (given.some(([name]) => name !== 'at' && name !== 'print')) throw new Refusal({ category: 'unsupported', code: 'search-parameter-unknown', text: '$story takes no such parameter.', expected: 'at or print' });
  const at = readMoment(given.flatMap(([name, value]) => (name === 'at' ? [value] : [])), services.clock());
  const print = readPrint(given.flatMap(([name, value]) => (name === 'print' ? [value] : [])));
  const story = await services.story(asked.requester, { citizen: asked.params['id'] ?? '', ...(at && { at }), print }, services.base, asked.request);
  return { status: 200, text: storyText(services.base, story) };
}

/** `print=true`: it is put on paper. */
function readPrint([value, ...others]: readonly string[]): boolean {
  if (others.length > 0 || !['true', 'false', undefined].includes(value)) throw new Refusal({ category: 'invalid', code: 'search-value-invalid', text: 'Whether it is printed is said once.', at: { field: 'print' }, expected: 'true or false' });
  return value === 'true';
}

/** What is composed has a name and no address. */
function storyText(base: string, { composition, composed, plans, threads, people, rows, places, provenance, at }: ReleasedStory): string {
  return documentText(composition, at, [
    ...composed.map(({ citizen, patient }) => entryAt(`${base}/Patient/${citizen}`, JSON.stringify(patient))),
    ...[...plans, ...threads].map(composedEntry),
    ...[...people, ...rows, ...places].map((row) => entryAt(`${base}/${row.type}/${row.id}`, assembleText(row))),
    ...provenance.map(composedEntry),
  ]);
}
