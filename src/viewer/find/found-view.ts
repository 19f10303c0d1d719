import type { Bundle, Patient } from '@medplum/fhirtypes';
import { bannerOf, holdersOf, shortAddress, type BannerView } from '../person/banner-view.ts';
import { noticesOf, type NoticeText } from '../person/story.ts';

export interface FoundPerson {
  id: string;
  banner: BannerView;
  /** postcode and first line */
  address: string;
  holders: string[];
}

export interface FoundView {
  people: FoundPerson[];
  notices: NoticeText[];
  /** whether the gateway knows of more than it sent */
  more: boolean;
}

/**
 * A searchset of Patients as one chooses from it. Where nobody is found nothing is said about what is withheld: an empty
 * answer looks the same whether there is nobody or nobody for this reader.
 */
export function foundOf(bundle: Bundle, now: Date): FoundView {
  const entries = bundle.entry ?? [];
  const patients = entries.flatMap(({ resource, search }) => (resource?.resourceType === 'Patient' && (search?.mode ?? 'match') === 'match' ? [resource] : []));
  const notices = noticesOf(entries).filter(({ kind }) => patients.length > 0 || kind !== 'withheld');
  return { people: patients.map((patient) => foundPerson(patient, now)), notices, more: bundle.link?.some(({ relation }) => relation === 'next') ?? false };
}

function foundPerson(patient: Patient, now: Date): FoundPerson {
  return { id: patient.id ?? '', banner: bannerOf(patient, now), address: shortAddress(patient), holders: holdersOf(patient) };
}
