import type { Bundle, BundleEntry, Patient } from '@medplum/fhirtypes';
import { mainName } from '../format.ts';
import { bannerOf, holdersOf, shortAddress, type BannerView } from '../person/banner/banner-view.ts';
import { partsOf } from '../person/parts/extension-parts.ts';
import { noticesOf, type NoticeText } from '../person/story/story.ts';
import { strings } from '../strings.ts';

const words = strings.find;

/** What the gateway answered. */
export interface FindAnswers {
  bundle: Bundle;
  /** who may be meant, where nobody answers to exactly what was typed */
  meant: Bundle | undefined;
}

export interface FoundPerson {
  id: string;
  banner: BannerView;
  /** postcode and first line */
  address: string;
  holders: string[];
  /** how likely they are meant and why, where they were not found by exactly what was typed */
  meant: { grade: string; because: string } | undefined;
}

export interface FoundView {
  people: FoundPerson[];
  /** nobody was found by exactly what was typed: these may be meant */
  onlyMeant: boolean;
  /** some of them have one surname and one date of birth: twins, or one person twice */
  alike: boolean;
  notices: NoticeText[];
  /** whether the gateway knows of more than it sent */
  more: boolean;
}

/**
 * Searchsets of Patients as one chooses from them. Where nobody is found nothing is said about what is withheld: an empty
 * answer looks the same whether there is nobody or nobody for this reader.
 */
export function foundOf({ bundle, meant }: FindAnswers, now: Date): FoundView {
  const exactly = matchesIn(bundle);
  const found = exactly.length > 0 || meant === undefined ? exactly : matchesIn(meant);
  const people = found.map(([patient, search]) => foundPerson(patient, search, now));
  const notices = noticesOf([...(bundle.entry ?? []), ...(meant?.entry ?? [])]).filter(({ kind }) => people.length > 0 || kind !== 'withheld');
  return { people, onlyMeant: people.length > 0 && exactly.length === 0, alike: hasAlike(found.map(([patient]) => patient)), notices, more: bundle.link?.some(({ relation }) => relation === 'next') ?? false };
}

function matchesIn({ entry = [] }: Bundle): [patient: Patient, search: BundleEntry['search']][] {
  return entry.flatMap(({ resource, search }) => (resource?.resourceType === 'Patient' && (search?.mode ?? 'match') === 'match' ? [[resource, search]] : []));
}

function hasAlike(patients: readonly Patient[]): boolean {
  const keys = patients.flatMap(({ name, birthDate }) => {
    const family = mainName(name)?.family?.trim().toUpperCase() ?? '';
    return family === '' || birthDate === undefined ? [] : [`${family} ${birthDate}`];
  });
  return new Set(keys).size < keys.length;
}

function foundPerson(patient: Patient, search: BundleEntry['search'], now: Date): FoundPerson {
  return { id: patient.id ?? '', banner: bannerOf(patient, now), address: shortAddress(patient), holders: holdersOf(patient), meant: meantOf(search) };
}

/** How $match graded somebody, and which fields speak for it: http://hl7.org/fhir/R4/patient-operation-match.html. */
function meantOf(search: BundleEntry['search']): FoundPerson['meant'] {
  const grade = search?.extension?.find(({ url }) => url?.endsWith('/match-grade'))?.valueCode;
  if (grade === undefined) return undefined;
  const explanation = search?.extension?.find(({ url }) => url?.endsWith('/match-explanation'));
  const fields = partsOf(explanation, 'field').map((field) => [partsOf(field, 'name')[0]?.valueCode ?? '', partsOf(field, 'level')[0]?.valueCode ?? ''] as const);
  return { grade: words.grades[grade] ?? words.gradeOther, because: fields.flatMap(([name, level]) => (name in words.fields ? [words.fieldSays(words.fields[name] ?? name, words.levels[level] ?? words.levelOther)] : [])).join('; ') };
}
