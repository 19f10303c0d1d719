import type { Resource } from '@medplum/fhirtypes';
import type { Confirmation, StoryFacts } from './story-facts.ts';
import type { StoryRow } from './story-row.ts';

/** One record a statement rests on, and when its keeper said it: a FHIR date, dateTime or instant. */
export interface Source {
  row: StoryRow;
  on: string;
}

/** One line of the story: what sort of thing it says (CodeSystem story-item), in words, and who said it. */
export interface Statement {
  code: string;
  text: string;
  /** never empty, except where the line says that nothing is recorded */
  by: readonly Source[];
  /** the last time somebody found it still right */
  confirmed?: Confirmation;
  /** of a change: the version before the one it rests on */
  before?: StoryRow;
}

export function say(code: string, text: string, ...rows: readonly StoryRow[]): Statement {
  return { code, text, by: rows.map((row) => ({ row, on: saidOn(row) })) };
}

/**
 * The records these lines name, by type and id, in the version that is told from; and earlier versions that a line of a change
 * rests on or stands against.
 */
export function rowsNamed({ people, rows, earlier }: Pick<StoryFacts, 'people' | 'rows' | 'earlier'>, statements: readonly Statement[]): { cited: StoryRow[]; compared: StoryRow[] } {
  const named = statements.flatMap(({ by }) => by.map(({ row }) => row));
  const against = new Set(statements.flatMap(({ before, by: [last] }) => (before ? [before, last?.row] : [])));
  const current = new Map([...named, ...people, ...rows].map((row) => [row.id, row]));
  const ids = new Set(named.map(({ id }) => id));
  const cited = [...current.values()].filter(({ id }) => ids.has(id)).sort((a, b) => compareWords(a.type, b.type) || compareWords(a.id, b.id));
  return { cited, compared: earlier.filter((row) => against.has(row)) };
}

/** By code unit: the order of what is written, wherever it is read. */
export function compareWords(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Rows of one type, those made in error left out: what was taken back is no part of a story. */
export function ofType<Type extends Resource['resourceType']>(rows: readonly StoryRow[], type: Type): (StoryRow & { resource: Extract<Resource, { resourceType: Type }> })[] {
  return rows.filter((row): row is StoryRow & { resource: Extract<Resource, { resourceType: Type }> } => row.resource.resourceType === type && !isInError(row.resource));
}

function isInError(resource: Resource): boolean {
  const { status, verificationStatus } = resource as { status?: string; verificationStatus?: { coding?: { code?: string }[] } };
  return status === 'entered-in-error' || (verificationStatus?.coding?.some(({ code }) => code === 'entered-in-error') ?? false);
}

const recorded = ['effectiveDateTime', 'recordedDate', 'authoredOn', 'dateAsserted', 'authored', 'created', 'issued'] as const;

/** When a record was made by its own words, else when its newest version came. */
export function saidOn({ resource, updatedAt }: StoryRow): string {
  const dated = resource as unknown as Record<string, unknown> & { effectivePeriod?: { start?: string }; period?: { start?: string } };
  const date = recorded.map((name) => dated[name]).find((value): value is string => typeof value === 'string');
  const begun = resource.resourceType === 'Flag' || resource.resourceType === 'CarePlan' ? dated.period?.start : undefined;
  return date ?? dated.effectivePeriod?.start ?? begun ?? updatedAt;
}
