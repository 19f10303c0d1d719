import type { Patient } from '@medplum/fhirtypes';
import { allows } from '../../../fhir/allows.ts';
import { parseSearch } from '../../../fhir/parse-search.ts';
import { Refusal } from '../../../fhir/problem.ts';
import type { Requester } from '../../../fhir/sharing.ts';
import type { RequestFacts } from '../../../flow/release-context.ts';
import { html, type Markup } from '../../html.ts';
import type { FhirServices } from '../fhir/fhir-services.ts';
import { htmlPage } from '../html-page.ts';

/** People that are shown to choose from: whoever has more is asked to say more. */
const mostShown = 10;
const numberSystem = 'https://fhir.nhs.uk/Id/nhs-number';

/** What the form says: whom the person looks for, and whom they chose. */
export interface Choosing {
  who: string;
  born: string;
  patient: string;
}

export interface Listed {
  id: string;
  name: string;
  born: string;
  number: string;
}

export function choosingOf(body: unknown): Choosing {
  const said = (name: string): string => {
    const value = (body as Record<string, unknown> | undefined)?.[name];
    return typeof value === 'string' ? value.trim().slice(0, 100) : '';
  };
  return { who: said('who'), born: said('born'), patient: said('patient') };
}

/** The citizen chosen, if the person may see them: read through the door like any other. */
export async function chosenPatient(release: FhirServices['release'], requester: Requester, { patient }: Choosing, request: RequestFacts): Promise<string | null> {
  if (patient === '' || !allows(requester.scopes, 'Patient', 'r')) return null;
  try {
    const { composed: [citizen] } = await release(requester, { interaction: 'read', type: 'Patient', id: patient }, request);
    return citizen?.patient.id ?? null;
  } catch (error) {
    if (error instanceof Refusal && error.problems.every(({ category }) => category === 'not-found')) return null;
    throw error;
  }
}

/** Those of whom the person may see that they look for: by NHS number, or by name, with a birth date where they know it. Null: nothing was asked, or nothing that can be. */
export async function findPeople(release: FhirServices['release'], requester: Requester, { who, born }: Choosing, request: RequestFacts): Promise<Listed[] | null> {
  if (who === '' || !allows(requester.scopes, 'Patient', 's')) return null;
  const plain = who.replaceAll(/[ -]/g, '');
  const escaped = who.replaceAll(/[\\,$|]/g, (each) => `\\${each}`);
  const parsed = parseSearch('Patient', [/^\d{10}$/.test(plain) ? ['identifier', `${numberSystem}|${plain}`] : ['name', escaped], ...(born === '' ? [] : [['birthdate', born] as [string, string]]), ['_count', String(mostShown)], ['_total', 'none']], { handling: 'strict' });
  if ('problems' in parsed) return null;
  const { composed } = await release(requester, { interaction: 'search-type', query: parsed.query, after: null }, request);
  return composed.map(({ patient }) => listed(patient));
}

function listed({ id = '', name = [], birthDate = '', identifier = [] }: Patient): Listed {
  const [first] = name;
  const number = identifier.find(({ system }) => system === numberSystem)?.value ?? '';
  return { id, name: first?.text ?? [...(first?.given ?? []), first?.family ?? ''].join(' ').trim(), born: birthDate, number: number.replace(/^(\d{3})(\d{3})(\d{4})$/, '$1 $2 $3') };
}

/** SMART's patient picker: about whom the app is to be opened. */
export function choosePage(uid: string, app: string, { who, born }: Choosing, found: readonly Listed[] | null): Markup {
  return htmlPage({
    title: 'Choose a person', notice: null,
    main: html`<h1>About whom is ${app} to open?</h1>
<p>The app is told who it is. Only people whose record you may see are found, and looking for them is logged under your name.</p>
<form method="post" action="/oauth/interaction/${uid}"><input type="hidden" name="decision" value="allow">
<p><label for="who">NHS number or name</label><br><input id="who" name="who" value="${who}" autocomplete="off" required></p>
<p><label for="born">Date of birth, if you know it (2026-11-30)</label><br><input id="born" name="born" value="${born}" autocomplete="off"></p>
<p><button>Find</button></p>
</form>
${found === null ? (who === '' ? html`` : html`<p role="status">Nobody can be looked for by this. Write an NHS number, or a name and a date as 2026-11-30.</p>`) : foundPart(uid, found)}
<form method="post" action="/oauth/interaction/${uid}"><p><button name="decision" value="refuse">Do not open the app</button></p></form>`,
  });
}

function foundPart(uid: string, found: readonly Listed[]): Markup {
  if (found.length === 0) return html`<p role="status">Nobody whom you may see is found by this.</p>`;
  return html`<h2>${found.length === mostShown ? `The first ${mostShown}: say more to see others` : 'Found'}</h2>
<form method="post" action="/oauth/interaction/${uid}"><input type="hidden" name="decision" value="allow">
<ul class="choices">
${found.map(({ id, name, born, number }) => html`<li><button name="patient" value="${id}"><strong>${name === '' ? 'No name known' : name}</strong><span>${born === '' ? 'Date of birth not known' : `Born ${born}`}</span><span>${number === '' ? 'No NHS number' : `NHS No. ${number}`}</span></button></li>`)}
</ul>
</form>`;
}
