import { html, type Markup } from '../../html.ts';
import { type Assurance, type Attack, type Fault, type HazardLog, type NamedTest, ratingOf, type Risk } from './assurance.ts';

/** A file of the pack, and what it is. */
export interface PackFile {
  name: string;
  what: string;
  content: string;
}

function page(title: string, body: Markup): string {
  return html`<!doctype html>
<html lang="en-GB">
<head>
<meta charset="utf-8">
<title>${title}</title>
<style>body{font-family:Arial,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem;line-height:1.5}table{border-collapse:collapse;width:100%}th,td{border:1px solid #aaa;padding:.4rem;text-align:left;vertical-align:top}code{overflow-wrap:anywhere}</style>
</head>
<body>
<main>
<h1>${title}</h1>
${body}
</main>
</body>
</html>
`.text;
}

function table(heads: readonly string[], rows: readonly (readonly (Markup | string)[])[]): Markup {
  const cells = (tag: 'th' | 'td', row: readonly (Markup | string)[]): Markup => html`<tr>${row.map((cell) => (tag === 'th' ? html`<th scope="col">${cell}</th>` : html`<td>${cell}</td>`))}</tr>`;
  return html`<table><thead>${cells('th', heads)}</thead><tbody>${rows.map((row) => cells('td', row))}</tbody></table>`;
}

const testsOf = (tests: readonly NamedTest[]): Markup => html`<ul>${tests.map(({ file, test }) => html`<li><code>${file}</code>: ${test}</li>`)}</ul>`;
const list = (items: readonly string[]): Markup => html`<ul>${items.map((item) => html`<li>${item}</li>`)}</ul>`;

export function hazardPage({ hazards: log }: Assurance): string {
  return page('Hazard log', html`<p>${log.note}</p><p>Version ${log.version}</p>${table(['Hazard', 'Causes', 'Effect', 'Before', 'Controls and the tests they rest on', 'After', 'Left to whoever runs or uses it'],
    log.hazards.map(({ id, hazard, causes, effect, before, controls, after, status, left }) => [
      html`<strong>${id}</strong> ${hazard} (${status})`, list(causes), effect, risk(log, before), html`${controls.map(({ control, tests }) => html`<p>${control}</p>${testsOf(tests)}`)}`, risk(log, after), left ?? '',
    ]))}`);
}

function risk(log: HazardLog, of: Risk): Markup {
  return html`${of.severity}, ${of.likelihood}: <strong>${ratingOf(log, of) ?? 'unrated'}</strong>`;
}

const triedBy = (each: Attack | Fault): [expected: string, tests: Markup | string] => ('tests' in each ? [each.expected, testsOf(each.tests)] : ['', html`not tried, because ${each.notTried}`]);

export function attackPage({ attacks: { version, note, attacks } }: Assurance): string {
  return page('Attacks that are tried', html`<p>${note}</p><p>Version ${version}. Each is made for real against the gateway in the tests named.</p>${table(['Number', 'Attack', 'Area', 'What must happen', 'Tests'],
    attacks.map((each) => [String(each.ref ?? each.id), each.attack, each.area, ...triedBy(each)]))}`);
}

export function faultPage({ faults: { version, note, faults } }: Assurance): string {
  return page('Faults that are tried', html`<p>${note}</p><p>Version ${version}</p>${table(['Number', 'Fault', 'What must happen', 'Tests'], faults.map((each) => [each.id, each.fault, ...triedBy(each)]))}`);
}

/** The page everything is reached from. */
export function indexPage(facts: readonly [name: string, value: string][], files: readonly (PackFile & { sha256: string })[]): string {
  return page('Evidence for those who answer for this record', html`<p>For a data protection impact assessment and a clinical safety case. Everything here was made from what is there: the running gateway, the program it runs, and its tests.</p>
${table(['', ''], facts.map(([name, value]) => [name, html`<code>${value}</code>`]))}
<h2>Files</h2>
${table(['File', 'What it is', 'SHA-256'], files.map(({ name, what, sha256 }) => [html`<a href="${name}">${name}</a>`, what, html`<code>${sha256}</code>`]))}`);
}
