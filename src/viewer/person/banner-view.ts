import type { Patient } from '@medplum/fhirtypes';
import { formatAddress, formatAge, formatDate, formatDateTime, formatGender, formatName, formatNhsNumber, mainName, notKnown, notRecorded, preferredName } from '../format.ts';
import { strings } from '../strings.ts';
import { phonesOf, type Phone } from './who-view.ts';
import { nhsNumberSystem } from '../nhs-number.ts';


/** What identifies a person, as the Common User Interface banner says it. */
export interface BannerView {
  name: string;
  preferred: string | undefined;
  born: string;
  /** undefined where nothing says that the person has died */
  died: string | undefined;
  gender: string;
  nhsNumber: string;
  address: string;
  phones: Phone[];
  /** languages and the need for an interpreter, where recorded */
  language: string | undefined;
}

export function bannerOf(patient: Patient, now: Date): BannerView {
  const died = patient.deceasedDateTime;
  const age = patient.deceasedBoolean === true && died === undefined ? undefined : formatAge(patient.birthDate, now, died);
  const address = patient.address?.find(({ use }) => use === 'home') ?? patient.address?.find(({ use }) => use !== 'old');
  return {
    name: formatName(mainName(patient.name)),
    preferred: preferredName(patient.name),
    born: `${formatDate(patient.birthDate)}${age === undefined ? '' : ` (${age})`}`,
    died: died === undefined ? (patient.deceasedBoolean === true ? strings.person.banner.dateNotKnown : undefined) : formatDateTime(died),
    gender: formatGender(patient.gender),
    nhsNumber: formatNhsNumber(patient.identifier?.find(({ system, use }) => system === nhsNumberSystem && use !== 'old')?.value),
    address: formatAddress(address),
    phones: phonesOf(patient.telecom),
    language: languageOf(patient),
  };
}

function languageOf({ communication, extension }: Patient): string | undefined {
  const languages = (communication ?? []).flatMap(({ language }) => language?.coding?.[0]?.display ?? language?.text ?? []);
  const interpreter = extension?.find(({ url }) => url?.endsWith('/patient-interpreterRequired'))?.valueBoolean;
  const needed = interpreter === true ? strings.person.banner.interpreter : undefined;
  const said = [languages.join(', '), needed].filter((text) => text !== undefined && text !== '');
  return said.length === 0 ? undefined : said.join(', ');
}

/** The organisations that hold something, by the tags of the composed Patient. */
export function holdersOf(patient: Patient): string[] {
  return (patient.meta?.tag ?? []).flatMap(({ display, code }) => display ?? code ?? []);
}

/** `B13 8XX, 12 Example Road`: enough to tell two people apart. */
export function shortAddress(patient: Patient): string {
  const home = patient.address?.find(({ use }) => use === 'home') ?? patient.address?.[0];
  const parts = [home?.postalCode, home?.line?.[0]].filter((part) => part !== undefined);
  return home === undefined ? notRecorded : parts.length === 0 ? notKnown : parts.join(', ');
}
