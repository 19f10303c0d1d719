import type { Patient } from '@medplum/fhirtypes';
import { sayNhsNumber } from '../../fhir/nhs-number.ts';
import { nhsNumberSystem } from '../../fhir/nhs-number-status.ts';
import { endOfOlder, type AccessReport, type ReportLine } from '../../flow/audit/release-access-report.ts';
import { html, type Markup } from '../html.ts';
import { sayDay, sayLine, sayMoment } from './say-line.ts';
import { fill, type ReportWords } from './words.ts';

/** Names of organisations by key. */
export type NameOf = (organisation: string) => string;

/** The report as a page to be read and printed: nothing runs in it, all it needs is /start.css, and it reads from the side its language begins at. */
export function accessReportPage(report: AccessReport, nameOf: NameOf, words: ReportWords): Markup {
  return html`<!doctype html>
<html lang="${words.language}" dir="${words.direction}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${words.title}</title>
<link rel="stylesheet" href="/start.css">
<link rel="icon" href="data:,">
</head>
<body class="report">
<main id="main">
<h1>${words.title}</h1>
${head(report, nameOf, words)}
<p>${words.intro}</p>
${report.lines.length === 0 ? html`<p>${words.nobody}</p>` : table(report.lines, nameOf, words)}
${report.olderThan === null ? html`` : html`<p>${fill(words.older, { moment: sayMoment(endOfOlder(report.olderThan).toISOString(), words) })}</p>`}
${notes(report, words)}
</main>
</body>
</html>
`;
}

function head({ patient, madeAt, from, to, seenBy }: AccessReport, nameOf: NameOf, words: ReportWords): Markup {
  const number = patient.identifier?.find(({ system }) => system === nhsNumberSystem)?.value;
  const [first, last] = [from && sayDay(from.toISOString(), words), to && sayDay(new Date(to.getTime() - 1).toISOString(), words)];
  const period = first === null ? (last === null ? fill(words.period.all) : fill(words.period.to, { to: last })) : last === null ? fill(words.period.from, { from: first }) : fill(words.period.both, { from: first, to: last });
  const said = [
    fill(words.whom, { name: nameOfPatient(patient) ?? words.notRecorded }),
    ...(patient.birthDate === undefined ? [] : [fill(words.bornOn, { date: sayDay(patient.birthDate, words) })]),
    fill(words.nhsNumber, { number: number === undefined ? words.notRecorded : sayNhsNumber(number) }),
    period, fill(words.made, { moment: sayMoment(madeAt.toISOString(), words) }), seenBy === null ? fill(words.scope.whole) : fill(words.scope.own, { organisation: nameOf(seenBy) }),
  ];
  return html`<ul class="facts">
${said.map((each) => html`<li>${each}</li>`)}
</ul>`;
}

function nameOfPatient({ name = [] }: Patient): string | undefined {
  const best = name.find(({ use }) => use === 'official') ?? name[0];
  return best && (best.text ?? [...(best.given ?? []), best.family].filter((part) => part !== undefined).join(' '));
}

function table(lines: readonly ReportLine[], nameOf: NameOf, words: ReportWords): Markup {
  const { when, who, what, why, outcome } = words.columns;
  return html`<table>
<caption>${words.tableOf}</caption>
<thead><tr>${[when, who, what, why, outcome].map((column) => html`<th scope="col">${column}</th>`)}</tr></thead>
<tbody>
${lines.map((line) => row(line, nameOf, words))}
</tbody>
</table>`;
}

function row(line: ReportLine, nameOf: NameOf, words: ReportWords): Markup {
  const said = sayLine(line, organisationOf(line, nameOf), words);
  const cell = (parts: readonly string[]): Markup => html`<td>${parts.map((part) => html`<p>${part}</p>`)}</td>`;
  return html`<tr${said.emergency ? html` class="emergency"` : html``}><th scope="row">${said.when}</th><td>${said.who}</td>${cell(said.what)}${cell(said.why)}${cell(said.outcome)}</tr>`;
}

/** The name it has now, else the one it had then. */
export function organisationOf({ organisation, organisationName }: Pick<ReportLine, 'organisation' | 'organisationName'>, nameOf: NameOf): string {
  if (organisation === null) return organisationName ?? '';
  const known = nameOf(organisation);
  return known === organisation ? (organisationName ?? organisation) : known;
}

function notes({ rules }: AccessReport, words: ReportWords): Markup {
  const titleOf = (title: Readonly<Record<string, string>>): string => title[words.language] ?? title['en-GB'] ?? '';
  return html`<h2>${words.emergencyTold.heading}</h2>
<p>${words.emergencyTold.text}</p>
<h2>${words.held.heading}</h2>
<p>${words.held.text}</p>
<ul>
${rules.map(({ title, law }) => html`<li>${fill(words.held.rule, { title: titleOf(title), law })}</li>`)}
</ul>
<h2>${words.ask.heading}</h2>
<p>${words.ask.text}</p>`;
}
