import type { Parameters, ParametersParameter } from '@medplum/fhirtypes';
import { rangeOf } from '../../../fhir/date-range.ts';
import { Refusal, type Problem } from '../../../fhir/problem.ts';
import type { Requester } from '../../../fhir/sharing.ts';
import { endOfOlder, type AccessReport, type AccessReportAsk, type ReportLine } from '../../../flow/audit/release-access-report.ts';
import type { RequestFacts } from '../../../flow/release-context.ts';
import { accessReportPage, organisationOf, type NameOf } from '../../access-report/page.ts';
import { sayLine } from '../../access-report/say-line.ts';
import { wordsFor, type ReportWords } from '../../access-report/words.ts';
import { asksForForm } from '../other-form.ts';
import { plainName } from '../plain-name.ts';
import { formParameters } from '../representation.ts';
import type { Asked, Reply } from '../route.ts';
import { readPosted } from './read-inputs.ts';
import type { ResourceLimits } from './read-resource.ts';

export interface AccessReportServices {
  limits: ResourceLimits;
  accessReport: (requester: Requester, ask: AccessReportAsk, request: RequestFacts) => Promise<AccessReport>;
  /** of organisations */
  nameOf: NameOf;
}

/**
 * GET or POST [base]/Patient/{citizen}/$access-report?start=&end= · ours: profiles/OperationDefinition-access-report.json
 * Who looked at one citizen's record and why, in plain words: Parameters, or with `text/html` a page to be printed. `start`
 * and `end` are London days or instants, both included. Words are in the language asked for, as far as there are words.
 */
export async function accessReport(services: AccessReportServices, asked: Asked, posted: boolean): Promise<Reply> {
  const given = [...asked.query.filter(([name]) => !formParameters.includes(name)), ...(posted ? await readPosted(asked, services.limits) : [])];
  const { from, to } = readPeriod(given);
  const report = await services.accessReport(asked.requester, { citizen: asked.params['id'] ?? '', from, to }, asked.request);
  const words = wordsFor(asked.header('Accept-Language'));
  const headers = { 'Content-Language': words.language, Vary: 'Accept, Accept-Language' };
  if (asksForForm(asked, 'text/html')) return { status: 200, text: accessReportPage(report, services.nameOf, words).text, headers: { ...headers, 'Content-Type': 'text/html; charset=utf-8' } };
  return { status: 200, text: JSON.stringify(parametersOf(report, services.nameOf, words)), headers };
}

function readPeriod(given: readonly [string, string][]): Pick<AccessReportAsk, 'from' | 'to'> {
  const problems: Problem[] = [];
  const ranges = new Map<string, { from: string; to: string }>();
  for (const [name, value] of given) {
    const range = rangeOf(value.replace(' ', '+')); // a plus sign that was not percent-encoded
    if (!['start', 'end'].includes(name)) problems.push({ category: 'unsupported', code: 'search-parameter-unknown', text: 'The operation has no such input.', at: { field: plainName(name) }, expected: 'start, end' });
    else if (ranges.has(name) || !range) problems.push({ category: 'invalid', code: 'operation-input-invalid', text: 'An input of the operation is missing or not in its form.', at: { field: name }, expected: 'a date or a date and time, once' });
    else ranges.set(name, range);
  }
  if (problems.length > 0) throw new Refusal(...problems);
  const [start, end] = [ranges.get('start'), ranges.get('end')];
  return { from: start ? new Date(start.from) : null, to: end ? new Date(end.to) : null };
}

function parametersOf(report: AccessReport, nameOf: NameOf, words: ReportWords): Parameters {
  const { citizen, madeAt, from, to, seenBy, lines, olderThan, heldBack } = report;
  return { resourceType: 'Parameters', parameter: [
    { name: 'patient', valueReference: { reference: `Patient/${citizen}` } }, { name: 'made', valueInstant: madeAt.toISOString() }, { name: 'language', valueCode: words.language },
    ...(from ? [{ name: 'start', valueInstant: from.toISOString() }] : []), ...(to ? [{ name: 'end', valueInstant: to.toISOString() }] : []),
    { name: 'scope', valueCode: seenBy === null ? 'whole-log' : 'own-part' }, ...(olderThan === null ? [] : [{ name: 'older-than', valueInstant: endOfOlder(olderThan).toISOString() }]),
    ...lines.map((line): ParametersParameter => ({ name: 'line', part: partsOf(line, nameOf, words) })),
    ...heldBack.map(({ rule, looks }): ParametersParameter => ({ name: 'held-back', part: [{ name: 'rule', valueCode: rule }, { name: 'looks', valueInteger: looks }] })),
  ] };
}

function partsOf(line: ReportLine, nameOf: NameOf, words: ReportWords): ParametersParameter[] {
  const text = (name: string, valueString: string): ParametersParameter => ({ name, valueString });
  const organisation = organisationOf(line, nameOf);
  const said = sayLine(line, organisation, words);
  return [
    { name: 'first', valueInstant: line.first }, { name: 'last', valueInstant: line.last }, { name: 'looks', valueInteger: line.looks }, { name: 'by', valueCode: line.by },
    ...(organisation === '' ? [] : [text('organisation', organisation)]), ...(line.role === null ? [] : [{ name: 'role', valueCode: line.role }]), ...(line.purpose === null ? [] : [{ name: 'purpose', valueCode: line.purpose }]),
    { name: 'kind', valueCode: line.kind }, { name: 'outcome', valueCode: line.outcome }, { name: 'kept-back', valueBoolean: line.keptBack }, ...line.emergency.map((reference) => text('emergency', reference)),
    ...Object.entries(line.categories).sort().map(([category, count]): ParametersParameter => ({ name: 'category', part: [{ name: 'code', valueCode: category }, { name: 'records', valueInteger: count }] })),
    ...line.reasons.map(({ effect, rule, agreement, version, clause }): ParametersParameter => ({ name: 'reason', part: [
      { name: 'effect', valueCode: effect }, text('rule', rule), ...(agreement === undefined ? [] : [text('agreement', agreement)]), ...(version === undefined ? [] : [text('version', version)]), ...(clause === undefined ? [] : [text('clause', clause)]),
    ] })),
    text('when', said.when), text('who', said.who), ...said.what.map((each) => text('what', each)), ...said.why.map((each) => text('why', each)), ...said.outcome.map((each) => text('came-of-it', each)),
  ];
}
