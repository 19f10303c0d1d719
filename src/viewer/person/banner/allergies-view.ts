import type { AllergyIntolerance } from '@medplum/fhirtypes';
import { formatConcept } from '../../format.ts';
import { strings } from '../../strings.ts';
import { ofType, type Story } from '../story/story.ts';

/** What a banner says of allergies. */
export interface AllergiesView {
  text: string;
  /** how many there are, for the line that stays; 0 where none is told, whatever the reason */
  known: number;
}

const words = strings.person.banner.allergy;
const snomed = 'http://snomed.info/sct';
/** SNOMED CT: no known allergy, of drugs, of food, of anything */
const noneKnown = ['716186003', '409137002', '429625007'];

/** Each allergy with its reaction. That somebody asked and there was none is another thing than nothing being recorded. */
export function allergiesOf(story: Pick<Story, 'resources'>): AllergiesView {
  const told = ofType(story, 'AllergyIntolerance').filter(isInForce);
  const [none, some] = [told.filter(saysNone), told.filter((each) => !saysNone(each))];
  const names = [...new Set(some.map(inWords))];
  return { text: names.length > 0 ? names.join('; ') : none.length > 0 ? words.none : words.notRecorded, known: names.length };
}

function isInForce({ clinicalStatus, verificationStatus }: AllergyIntolerance): boolean {
  const codes = [clinicalStatus, verificationStatus].flatMap((status) => status?.coding?.[0]?.code ?? []);
  return !codes.some((code) => ['inactive', 'resolved', 'refuted', 'entered-in-error'].includes(code));
}

function saysNone({ code }: AllergyIntolerance): boolean {
  return code?.coding?.some((each) => each.system === snomed && noneKnown.includes(each.code ?? '')) ?? false;
}

function inWords({ code, reaction = [], criticality, verificationStatus }: AllergyIntolerance): string {
  const reactions = reaction.flatMap(({ manifestation = [] }) => manifestation.map((concept) => formatConcept(concept)));
  const unsure = ['unconfirmed', 'presumed'].includes(verificationStatus?.coding?.[0]?.code ?? '') ? words.unconfirmed : undefined;
  const more = [criticality === 'high' ? words.high : undefined, unsure].filter((text) => text !== undefined);
  return `${formatConcept(code)}: ${reactions.length === 0 ? words.noReaction : reactions.join(', ')}${more.length === 0 ? '' : ` (${more.join(', ')})`}`;
}
