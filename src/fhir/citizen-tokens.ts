import { isAboutPerson, searchableTypes, searchParametersOf } from './search-parameters.ts';
import { searchToken } from './search-token.ts';

/** What rows that name this citizen elsewhere than as whom they are about are found by, in a fixed order: of two citizens, those at one place mean the same. */
export function citizenTokens(citizen: string): bigint[] {
  return searchableTypes().flatMap((type) => (searchParametersOf(type) ?? [])
    .flatMap((row) => (row.kind === 'reference' && row.targets.includes('Patient') && !isAboutPerson(type, row) ? [`Patient/${citizen}`, citizen].map((value) => searchToken(type, row.name, 'reference', value)) : [])));
}
