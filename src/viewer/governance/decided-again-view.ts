import type { Parameters, ParametersParameter } from '@medplum/fhirtypes';
import { formatMoment } from '../format.ts';
import { strings } from '../strings.ts';

export interface DecidedAgain {
  same: boolean;
  asOf: string;
  agreements: string[];
  recorded: string[];
  recomputed: string[];
  notPermitted: string[];
}

const words = strings.reports.again;

/** The Parameters of AuditEvent/{id}/$reconstruct in words. */
export function decidedAgainOf({ parameter = [] }: Parameters): DecidedAgain {
  const named = (name: string): ParametersParameter[] => parameter.filter((each) => each.name === name);
  return {
    same: named('same')[0]?.valueBoolean === true, asOf: formatMoment(named('as-of')[0]?.valueInstant),
    agreements: named('agreement').map(({ part = [] }) => words.version(textIn(part, 'title') ?? textIn(part, 'id') ?? '', textIn(part, 'version') ?? '')),
    recorded: named('recorded').map(lineOf), recomputed: named('recomputed').map(lineOf), notPermitted: named('not-permitted').flatMap(({ valueUri }) => valueUri ?? []),
  };
}

function lineOf({ part = [] }: ParametersParameter): string {
  const effect = part.find(({ name }) => name === 'effect')?.valueCode ?? '';
  const category = part.find(({ name }) => name === 'category')?.valueCode ?? '';
  const text = textIn(part, 'sentence') ?? [textIn(part, 'custodian'), strings.agreements.categories[category] ?? category].filter((each) => each !== undefined && each !== '').join(', ');
  return words.line(words.effects[effect] ?? effect, part.find(({ name }) => name === 'count')?.valueInteger, text);
}

function textIn(parts: readonly ParametersParameter[], wanted: string): string | undefined {
  return parts.find(({ name }) => name === wanted)?.valueString;
}
