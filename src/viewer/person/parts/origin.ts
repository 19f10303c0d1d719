import type { Organization, Patient, Resource } from '@medplum/fhirtypes';
import { notRecorded } from '../../format.ts';
import { strings } from '../../strings.ts';

/** Where an entry came from: who holds it, which of their systems sent it, in which record and row, and when it arrived. */
export interface Origin {
  organisation: string;
  system: string;
  record: string | undefined;
  row: string | undefined;
  /** FHIR instant */
  recorded: string | undefined;
}

/** What is needed to put an origin into words. */
export interface Directory {
  /** names of organisations by `system|code` */
  organisations: ReadonlyMap<string, string>;
  /** names of systems by feed key */
  systems: ReadonlyMap<string, string>;
}

const sourcePattern = /^urn:onestory:([^:#]+)(?::([^#]+))?#(.+?)(?:\/(\d+))?$/;

/** The directory from a record's organisations and the tags of its Patient; `systems` come from elsewhere. */
export function directoryOf(organisations: readonly Organization[], patient: Patient | undefined, systems: ReadonlyMap<string, string>): Directory {
  const names = new Map<string, string>();
  for (const { system, code, display } of patient?.meta?.tag ?? []) if (display !== undefined) names.set(`${system ?? ''}|${code ?? ''}`, display);
  for (const { identifier, name } of organisations) for (const { system, value } of identifier ?? []) if (name !== undefined) names.set(`${system ?? ''}|${value ?? ''}`, name);
  return { organisations: names, systems };
}

export function originOf(resource: Resource, directory: Directory): Origin {
  const [, , feed, record, row] = sourcePattern.exec(resource.meta?.source ?? '') ?? [];
  const holders = (resource.meta?.tag ?? []).map(({ system, code, display }) => directory.organisations.get(`${system ?? ''}|${code ?? ''}`) ?? display ?? code);
  const named = holders.filter((holder) => holder !== undefined);
  return {
    organisation: named.length > 0 ? named.join(', ') : notRecorded,
    system: feed === undefined ? notRecorded : feed === 'api' ? strings.person.entry.api : (directory.systems.get(feed) ?? feed),
    record, row, recorded: resource.meta?.lastUpdated,
  };
}
