import type { Bundle, Measure, MeasureReport, MeasureReportGroupPopulation } from '@medplum/fhirtypes';
import { organisationReference } from '../fhir/organisation-reference.ts';
import type { OrganisationKey } from '../fhir/sharing.ts';

/** One organisation's count of one month; null: too few people to tell. */
export interface CountedMonth {
  organisation: OrganisationKey;
  organisationName: string | null;
  /** `2026-11` */
  month: string;
  facts: number | null;
  people: number | null;
}

const canonical = 'https://fhir.bicp.example/Measure/told-once';
const populations = { facts: 'Facts found still right', people: 'People whose facts were found still right' } as const;

/** Its criteria are in words: the type knows fewer languages than FHIR, whose list is open. */
const measure = {
  resourceType: 'Measure', id: 'told-once', url: canonical, version: '1', name: 'ToldOnce', title: 'Told once', status: 'active', experimental: true,
  description: 'How often somebody asked whether what a person has told already is still right, and it was, by organisation and month: each time a question less for the person to answer anew.',
  scoring: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/measure-scoring', code: 'cohort' }] },
  improvementNotation: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/measure-improvement-notation', code: 'increase' }] },
  group: [{ population: Object.values(populations).map((text) => ({ code: { text }, criteria: { language: 'text/plain', expression: text } })) }],
} as unknown as Measure;

/** The programme's measure of what was not asked again, with one report for each organisation and month; counts too small to tell are masked. */
export function toldOnceMeasure(months: readonly CountedMonth[]): Bundle {
  return { resourceType: 'Bundle', type: 'collection', entry: [{ fullUrl: canonical, resource: measure }, ...months.map((counted) => ({ resource: reportOf(counted) }))] };
}

function reportOf({ organisation, organisationName, month, facts, people }: CountedMonth): MeasureReport {
  return {
    resourceType: 'MeasureReport', status: 'complete', type: 'summary', measure: `${canonical}|1`, reporter: organisationReference(organisation, organisationName ?? organisation),
    period: { start: `${month}-01`, end: lastDayOf(month) },
    group: [{ population: [populationOf(populations.facts, facts), populationOf(populations.people, people)] }],
  };
}

function populationOf(text: string, count: number | null): MeasureReportGroupPopulation {
  if (count !== null) return { code: { text }, count };
  return { code: { text }, _count: { extension: [{ url: 'http://hl7.org/fhir/StructureDefinition/data-absent-reason', valueCode: 'masked' }] } } as MeasureReportGroupPopulation;
}

function lastDayOf(month: string): string {
  const [year = 0, number = 0] = month.split('-').map(Number);
  return new Date(Date.UTC(year, number, 0)).toISOString().slice(0, 10);
}
