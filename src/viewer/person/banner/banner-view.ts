import type { Identifier, Patient } from '@medplum/fhirtypes';
import { formatAddress, formatAge, formatDate, formatDateTime, formatGender, formatName, formatNhsNumber, mainName, notKnown, notRecorded, preferredName } from '../../format.ts';
import { strings } from '../../strings.ts';
import { phonesOf, type Phone } from '../story/who-view.ts';
import { nhsNumberSystem } from '../../nhs-number.ts';

/** What identifies a person, as the Common User Interface banner says it. */
export interface BannerView {
  name: string;
  preferred: string | undefined;
  born: string;
  /** undefined where nothing says that the person has died */
  died: string | undefined;
  gender: string;
  /** sex at birth, where somebody recorded it: another thing than gender */
  sex: string | undefined;
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
    name: nameOf(patient),
    preferred: preferredName(patient.name),
    born: `${formatDate(patient.birthDate)}${age === undefined ? '' : ` (${age})`}`,
    died: died === undefined ? (patient.deceasedBoolean === true ? strings.person.banner.dateNotKnown : undefined) : formatDateTime(died),
    gender: formatGender(patient.gender),
    sex: sexOf(patient),
    nhsNumber: numberOf(patient),
    address: formatAddress(address),
    phones: phonesOf(patient.telecom),
    language: languageOf(patient),
  };
}

/** Alone at the head of a page, that nothing is recorded has to say of what. */
function nameOf({ name }: Patient): string {
  const text = formatName(mainName(name));
  return text === notRecorded ? strings.person.banner.noName : text;
}

/** The number, and that nobody has found it to be this person's where that is so. */
function numberOf({ identifier, extension }: Patient): string {
  const number = identifier?.find(({ system, use }) => system === nhsNumberSystem && use !== 'old');
  const text = formatNhsNumber(number?.value);
  const untraced = number ? notTraced.includes(statusOf(number)) : extension?.some(({ url, valueBoolean }) => url.endsWith('/nhs-number-not-traced') && valueBoolean === true) === true;
  return untraced ? `${text}, ${strings.person.banner.notTraced}` : text;
}
/** UK Core NHSNumberVerificationStatus: present but not traced, trace required, attempted without a match, to be resolved, in progress, postponed */
const notTraced = ['02', '03', '04', '05', '06', '08', 'number-present-but-not-traced', 'trace-required', 'trace-attempted-no-match-or-multiple-match', 'trace-needs-to-be-resolved', 'trace-in-progress', 'trace-postponed'];

function statusOf({ extension }: Identifier): string {
  return extension?.find(({ url }) => /NHSNumberVerificationStatus(-\d+)?$/.test(url))?.valueCodeableConcept?.coding?.[0]?.code ?? '';
}

function sexOf({ extension }: Patient): string | undefined {
  const said = extension?.find(({ url }) => url.endsWith('-BirthSex'));
  const code = said?.valueCode ?? said?.valueCodeableConcept?.coding?.[0]?.code;
  return said && formatGender(code?.toLowerCase() === 'f' ? 'female' : code?.toLowerCase() === 'm' ? 'male' : code);
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
