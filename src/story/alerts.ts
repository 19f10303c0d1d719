import type { AllergyIntolerance } from '@medplum/fhirtypes';
import { conceptText, hasCode, joinWords, snomed } from './concept-words.ts';
import { sayDate } from './say-date.ts';
import { ofType, say, type Statement } from './statement.ts';
import type { StoryFacts } from './story-facts.ts';
import type { StoryRow } from './story-row.ts';

/** SNOMED CT: no known allergy, of drugs, of food, of anything. */
const noneKnown = ['716186003', '409137002', '429625007'];

/**
 * What must not be overlooked: flags in force, allergies with who knows of them, and flags that were taken back, because
 * somebody may still hold the paper.
 */
export function alerts({ rows }: StoryFacts): Statement[] {
  const flags = ofType(rows, 'Flag').map((row) => {
    const { status, code, period } = row.resource;
    const what = conceptText(code) ?? 'An alert without words';
    return status === 'active' ? say('alert', what, row) : say('alert-ended', joinWords([`No longer in force: ${what}`, period?.end && `ended on ${sayDate(period.end)}`]), row);
  });
  return [...flags.filter(({ code }) => code === 'alert'), ...allergies(rows).map(sayAllergy), ...flags.filter(({ code }) => code !== 'alert')];
}

export function allergies(rows: readonly StoryRow[]): (StoryRow & { resource: AllergyIntolerance })[] {
  return ofType(rows, 'AllergyIntolerance').filter(({ resource: { clinicalStatus } }) => clinicalStatus?.coding?.[0]?.code !== 'resolved' && clinicalStatus?.coding?.[0]?.code !== 'inactive');
}

/** That somebody asked and there was none: another thing than nothing being recorded. */
export function saysNone({ code }: AllergyIntolerance): boolean {
  return hasCode(code, snomed, ...noneKnown);
}

function sayAllergy(row: StoryRow & { resource: AllergyIntolerance }): Statement {
  const { code, criticality, verificationStatus } = row.resource;
  const sure = verificationStatus?.coding?.[0]?.code;
  return say(saysNone(row.resource) ? 'no-known-allergy' : 'allergy', joinWords([
    `Allergy: ${conceptText(code) ?? 'not named'}`, criticality === 'high' ? 'high risk' : undefined, sure === undefined || sure === 'confirmed' ? undefined : sure,
  ]), row);
}
