import { permit } from '../../../src/edge/http/fhir/permit.ts';
import { withinScopes } from '../../../src/edge/http/fhir/within-scopes.ts';
import { parseSearch } from '../../../src/fhir/parse-search.ts';
import { Refusal } from '../../../src/fhir/problem.ts';
import type { SearchQuery } from '../../../src/fhir/search-query.ts';
import type { Requester } from '../../../src/fhir/sharing.ts';

function query(type: string, search: string): SearchQuery {
  const parsed = parseSearch(type, [...new URLSearchParams(search)], { handling: 'strict' });
  if ('problems' in parsed) throw new Refusal(...parsed.problems);
  return parsed.query;
}

const codeOf = (scopes: string[], type: string, search: string): string => {
  try {
    withinScopes(scopes, query(type, search));
    return 'allowed';
  } catch (error) {
    return error instanceof Refusal ? (error.problems[0]?.expected ?? '') : 'another error';
  }
};

describe('what a search goes through or takes along needs a scope of its own', () => {
  const episodes = 'user/EpisodeOfCare.rs';
  it.each([
    ['a plain search', [episodes], 'status=active', 'allowed'],
    ['a chain to people', [episodes], 'patient.family=x', 'a scope such as user/Patient.s'],
    ['a chain where people may only be read', [episodes, 'user/Patient.r'], 'patient.family=x', 'a scope such as user/Patient.s'],
    ['a chain with both', [episodes, 'user/Patient.s'], 'patient.family=x', 'allowed'],
    ['a chain inside a chain', [episodes, 'user/ServiceRequest.s'], 'incoming-referral.encounter:Encounter.status=finished', 'a scope such as user/Encounter.s'],
    ['an include of people', [episodes], '_include=EpisodeOfCare:patient', 'a scope such as user/Patient.r'],
    ['an include by a scope for everything', ['user/*.rs'], '_include=EpisodeOfCare:patient', 'allowed'],
  ])('%s', (_, scopes, search, expected) => {
    expect(codeOf(scopes, 'EpisodeOfCare', search)).toBe(expected);
  });

  it('_has and its inner conditions', () => {
    expect(codeOf(['user/Patient.rs'], 'Patient', '_has:EpisodeOfCare:patient:status=active')).toBe('a scope such as user/EpisodeOfCare.s');
    expect(codeOf(['user/Patient.rs', episodes], 'Patient', '_has:EpisodeOfCare:patient:status=active')).toBe('allowed');
  });

  it('of references to several types, those without a scope are left out', () => {
    const [include] = withinScopes(['user/ServiceRequest.rs', 'user/Organization.r'], query('ServiceRequest', '_include=ServiceRequest:performer')).includes ?? [];
    expect(include?.types).toEqual(['Organization']);
  });
});

test.each(['everything', 'timeline', 'story', 'summary'] as const)('%s sends records of every type, and so takes a scope for every type', (interaction) => {
  const told = (scopes: string[]): string | undefined => permit(interaction)({ scopes } as unknown as Requester, { params: {} })?.expected;
  expect([told(['user/Patient.rs', 'user/EpisodeOfCare.rs']), told(['user/*.s']), told(['user/*.r'])]).toEqual(['a scope such as user/*.r', 'a scope such as user/*.r', undefined]);
});
