import type { Patient } from '@medplum/fhirtypes';
import { allows } from '../../../fhir/allows.ts';
import { readTypedDay } from '../../../fhir/london-day.ts';
import { checkNhsNumber, normaliseNhsNumber } from '../../../fhir/nhs-number.ts';
import { nhsNumberSystem } from '../../../fhir/nhs-number-status.ts';
import { parseSearch } from '../../../fhir/parse-search.ts';
import { Refusal } from '../../../fhir/problem.ts';
import type { Requester } from '../../../fhir/sharing.ts';
import type { RequestFacts } from '../../../flow/release-context.ts';
import type { FhirServices } from '../fhir/fhir-services.ts';

/** People that are shown to choose from: whoever has more is asked to say more. */
export const mostShown = 10;

/** What stands in the boxes. */
export interface Typed {
  who: string;
  born: string;
}

export type Mistakes = Partial<Record<keyof Typed, string>>;

/** What came of an answer: a citizen was chosen, people were looked for and these may be seen, something is to be put right, or nothing was said yet. */
export type Chosen = { kind: 'chosen'; patient: string } | { kind: 'found'; people: Patient[] } | { kind: 'mistakes'; mistakes: Mistakes } | { kind: 'nothing' };

/** Of a form, what is said in it about whom is meant; null: nothing. */
export function saidIn(body: unknown): Record<string, string> | null {
  const said = ['who', 'born', 'patient'].flatMap((name) => { const value = field(body, name); return value === undefined ? [] : [[name, value] as const]; });
  return said.length === 0 ? null : Object.fromEntries(said);
}

export function typedIn(body: unknown): Typed {
  return { who: field(body, 'who') ?? '', born: field(body, 'born') ?? '' };
}

function field(body: unknown, name: string): string | undefined {
  const value = (body as Record<string, unknown> | undefined)?.[name];
  return typeof value === 'string' ? value.trim().slice(0, 100) : undefined;
}

/** Reads the form. Whoever is chosen or looked for is read through the door like anywhere else: somebody who may not be seen is nobody. */
export async function choosePatient(release: FhirServices['release'], requester: Requester, body: unknown, request: RequestFacts): Promise<Chosen> {
  const patient = field(body, 'patient');
  if (patient !== undefined) return readChosen(release, requester, patient, request);
  if (field(body, 'who') === undefined) return { kind: 'nothing' };
  const read = readTyped(typedIn(body));
  if ('mistakes' in read) return { kind: 'mistakes', mistakes: read.mistakes };
  return { kind: 'found', people: await findPeople(release, requester, read.form, request) };
}

async function readChosen(release: FhirServices['release'], requester: Requester, id: string, request: RequestFacts): Promise<Chosen> {
  if (id === '' || !allows(requester.scopes, 'Patient', 'r')) return { kind: 'found', people: [] };
  try {
    const { composed: [citizen] } = await release(requester, { interaction: 'read', type: 'Patient', id }, request);
    return citizen?.patient.id === undefined ? { kind: 'found', people: [] } : { kind: 'chosen', patient: citizen.patient.id };
  } catch (error) {
    if (error instanceof Refusal && error.problems.every(({ category }) => category === 'not-found')) return { kind: 'found', people: [] };
    throw error;
  }
}

/** By NHS number, or by name, with a birth date where it is known. */
async function findPeople(release: FhirServices['release'], requester: Requester, form: [string, string][], request: RequestFacts): Promise<Patient[]> {
  if (!allows(requester.scopes, 'Patient', 's')) return [];
  const parsed = parseSearch('Patient', [...form, ['_count', String(mostShown)], ['_total', 'none']], { handling: 'strict' });
  if ('problems' in parsed) return [];
  const { composed } = await release(requester, { interaction: 'search-type', query: parsed.query, after: null }, request);
  return composed.map(({ patient }) => patient);
}

/** A search, or every mistake at once. */
function readTyped({ who, born }: Typed): { form: [string, string][] } | { mistakes: Mistakes } {
  const digits = normaliseNhsNumber(who);
  const isNumber = /^\d{3,}$/.test(digits);
  const mistake = who === '' ? 'Enter an NHS number or a name' : isNumber ? numberMistake(digits) : /\p{L}/u.test(who) ? undefined : 'Enter an NHS number or a name: this is neither';
  const day = born === '' ? undefined : readTypedDay(born);
  if (mistake !== undefined || day === null) return { mistakes: { ...(mistake !== undefined && { who: mistake }), ...(day === null && { born: 'The date of birth must be a real date, for example 27 3 1944' }) } };
  const escaped = who.replaceAll(/[\\,$|]/g, (each) => `\\${each}`);
  return { form: [isNumber ? ['identifier', `${nhsNumberSystem}|${digits}`] : ['name', escaped], ...(day === undefined ? [] : [['birthdate', day] as [string, string]])] };
}

function numberMistake(digits: string): string | undefined {
  if (digits.length !== 10) return `An NHS number has 10 digits; this has ${digits.length}. Check that none is ${digits.length < 10 ? 'missing' : 'typed twice'}`;
  return checkNhsNumber(digits).kind === 'valid' ? undefined : 'This is not a valid NHS number. Check each digit against the letter or wristband';
}
