import type { Patient } from '@medplum/fhirtypes';
import { writtenDay } from '../../../fhir/london-day.ts';
import { sayNhsNumber } from '../../../fhir/nhs-number.ts';
import { nhsNumberSystem } from '../../../fhir/nhs-number-status.ts';
import { sayName } from '../../../fhir/say-name.ts';
import { html, type Markup } from '../../html.ts';
import { htmlPage } from '../html-page.ts';
import { mostShown, type Chosen, type Mistakes, type Typed } from './choose-patient.ts';

/** "Not there" and "not for you" in the words of the viewer: nobody learns from them which of the two it is. */
const nobody = 'No record can be shown. There may be none, the person’s wishes or the sharing rules may not allow it, or the details may differ from those recorded. Check the details, ask the person, or contact their GP practice or the organisation that cares for them.';

/** SMART's patient picker: about whom the app is to be opened. What was typed stands in the boxes; mistakes, or who was found, come first and have the focus. */
export function choosePage(uid: string, app: string, typed: Typed, outcome: Exclude<Chosen, { kind: 'chosen' }>): Markup {
  const mistakes = outcome.kind === 'mistakes' ? outcome.mistakes : {};
  const action = `/oauth/interaction/${uid}`;
  return htmlPage({
    title: `${prefixOf(outcome)}Choose a person`, notice: null,
    main: html`<h1>About whom is ${app} to open?</h1>
<p>The app is told who it is. Only people whose record you may see are found, and looking for them is logged under your name.</p>
${outcome.kind === 'mistakes' ? errors(mistakes) : html``}${outcome.kind === 'found' ? found(action, outcome.people) : html``}
<form method="post" action="${action}" autocomplete="off" novalidate><input type="hidden" name="decision" value="allow">
${box('who', 'NHS number or name', 'For example 999 100 0011, or Mary Smith', typed.who, mistakes.who)}
${box('born', 'Date of birth, if you know it', 'For example 27 3 1944 or 27 Mar 1944', typed.born, mistakes.born)}
<p><button class="main">Find</button></p>
</form>
<form method="post" action="${action}"><p><button name="decision" value="refuse">Do not open the app</button></p></form>`,
  });
}

function prefixOf(outcome: Exclude<Chosen, { kind: 'chosen' }>): string {
  if (outcome.kind === 'mistakes') return 'Error: ';
  return outcome.kind === 'found' ? `${headingOf(outcome.people)}: ` : '';
}

function headingOf(people: readonly Patient[]): string {
  if (people.length === 0) return 'No record to show';
  if (people.length >= mostShown) return `The first ${mostShown} people`;
  return people.length === 1 ? '1 person found' : `${people.length} people found`;
}

/** The service manual's error summary: each mistake leads to its box. */
function errors(mistakes: Mistakes): Markup {
  const told = (['who', 'born'] as const).flatMap((field) => (mistakes[field] === undefined ? [] : [html`<li><a href="#${field}">${mistakes[field]}</a></li>`]));
  return html`<div class="errors" role="alert" tabindex="-1" autofocus><h2>There is a problem</h2><ul>${told}</ul></div>`;
}

function box(name: keyof Typed, label: string, hint: string, value: string, mistake: string | undefined): Markup {
  const described = mistake === undefined ? `${name}-hint` : `${name}-hint ${name}-error`;
  return html`<p class="box"><label for="${name}">${label}</label><span class="hint" id="${name}-hint">${hint}</span>${mistake === undefined ? html`` : html`<span class="error" id="${name}-error">${mistake}</span>`}
<input id="${name}" name="${name}" value="${value}" autocomplete="off" spellcheck="false" maxlength="100" aria-describedby="${described}"${mistake === undefined ? html`` : html` aria-invalid="true"`}></p>`;
}

function found(action: string, people: readonly Patient[]): Markup {
  const heading = html`<h2 tabindex="-1" autofocus>${headingOf(people)}</h2>`;
  if (people.length === 0) return html`${heading}
<p>${nobody}</p>`;
  return html`${heading}
<p><strong>Check name and date of birth with the person or their papers. A number alone is not enough.</strong>${people.length >= mostShown ? ' There are more people than shown here. Say more to see others.' : ''}</p>
<form method="post" action="${action}"><input type="hidden" name="decision" value="allow">
<ul class="choices">
${people.map(choice)}
</ul>
</form>`;
}

function choice({ id = '', name = [], birthDate, deceasedBoolean, deceasedDateTime, gender, identifier = [], address = [] }: Patient): Markup {
  const number = identifier.find(({ system }) => system === nhsNumberSystem)?.value;
  const [home] = address;
  const facts = [
    birthDate === undefined ? 'Date of birth not recorded' : `Born ${writtenDay(birthDate)}`, ...(deceasedBoolean === true || deceasedDateTime !== undefined ? ['Has died'] : []),
    gender === undefined ? 'Gender not recorded' : `Gender ${gender === 'unknown' ? 'not known' : gender}`, number === undefined ? 'NHS number not recorded' : `NHS No. ${sayNhsNumber(number)}`,
    [home?.line?.[0], home?.postalCode].filter((part) => part !== undefined).join(', ') || 'Address not recorded',
  ];
  return html`<li><button name="patient" value="${id}"><strong>${nameOf(name)}</strong>${facts.map((fact) => html`<span>${fact}</span>`)}</button></li>`;
}

/** `OKAFOR, Alice (Mrs)`: NHS Common User Interface. */
function nameOf([first]: readonly { family?: string; given?: string[]; prefix?: string[]; text?: string }[]): string {
  const { family = '', given = [], prefix = [], text = '' } = first ?? {};
  const whole = [family.toUpperCase(), sayName(given.join(' '))].filter((part) => part !== '').join(', ') || sayName(text) || 'Name not recorded';
  return prefix.length === 0 ? whole : `${whole} (${sayName(prefix.join(' '))})`;
}
