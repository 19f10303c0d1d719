import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { testFinder } from '../../src/edge/cli/evidence/assurance.ts';
import { root } from '../edge/cli/run-command.ts';

/**
 * The traps of real records, 1 to 13 of the makers' list, each part with what stands it: `file: words of the title of a test`, or an
 * example of a kind, whose output the suite compares whole (golden.test.ts).
 */
const hl7 = 'test/mappings/hl7-traps.test.ts';
const badHl7 = 'test/flow/bad-input-hl7.test.ts';
const badCsv = 'test/flow/bad-input-csv.test.ts';
const linking = 'test/linkage/decide-link.test.ts';
const traps: readonly [trap: number, part: string, ...stoodBy: string[]][] = [
  [1, 'spaces and hyphens', "test/fhir/nhs-number.test.ts: 999-000-0379", 'epaccs-csv/nhs-number-with-spaces-and-hyphens'],
  [1, 'a leading zero lost by a spreadsheet', 'epaccs-csv/bad-nhs-number-of-a-spreadsheet'],
  [1, 'one digit changed or two swapped', 'test/fhir/nhs-number.test.ts: catches every single wrong digit and every two neighbours exchanged', `${badHl7}: an NHS number with a wrong check digit`, `${badCsv}: an NHS number that is not one`],
  [1, 'a wholly wrong number that passes', `${badHl7}: a number that belongs to another person attaches nothing to anybody`, `${linking}: verified number, names and birth date both of somebody else`],
  [1, 'status 02, 04, 05', `${linking}: number not traced, another birth date`, 'epaccs-csv/nhs-number-statuses'],
  [1, 'two people sharing one number', `${linking}: two citizens share the number, both could be this person`],
  [1, 'one person with two numbers', 'test/flow/merge-messages.test.ts: two verified numbers', `${badHl7}: a verified number that suddenly is another one is not believed`],
  [2, 'twins', `${linking}: twins are never linked, whatever number, status or gender comes with them`, `${badHl7}: a merge of twins waits, counted as pending, and merges nothing`, 'test/story/tell-story.test.ts: twins are two stories, and nothing of one is in the other'],
  [3, '"" deletes', `${hl7}: "" deletes, absent keeps`, `${badHl7}: "" clears what was said before; absent keeps it`],
  [3, 'PID-3 in any order', `${hl7}: identifiers mean the same in any order`, `${badHl7}: the identifiers of PID-3 mean the same in any order`, 'hl7v2-adt/ids-in-any-order'],
  [3, 'PV1-36 and 37 swapped', `${hl7}: a destination in the disposition`, 'hl7v2-adt/destination-in-the-wrong-field'],
  [3, 'A03 before A01, A08 after A03', `${hl7}: a discharge before its admission, and an update after the discharge, leave the visit finished`, 'hl7v2-adt/discharge-arrives-before-admission'],
  [3, 'the same MSH-10 again', `${badHl7}: a control id sent again with the same content is unchanged, with other content quarantined and not applied`],
  [3, 'A40 with records elsewhere, and taken back', 'test/flow/merge-messages.test.ts: whom other partners look after comes along with all of that', 'test/flow/merge-messages.test.ts: a merge makes one citizen of two'],
  [4, 'local times when clocks change', `${hl7}: the hour that comes twice is its first coming, with its offset; the hour that never was is refused`, `${badHl7}: a time the clocks skipped`, `${badCsv}: a time the clocks skipped is refused at its cell and not moved`],
  [4, 'ways of writing a date, month and day swapped', `${badCsv}: day and month swapped`, `${badHl7}: a day with slashes`, 'discharge-sheet/bad-dates-and-cells'],
  [4, 'Excel day numbers', 'discharge-sheet/uhb-day-numbers-of-a-spreadsheet', 'voluntary/bvsc-semicolons-and-day-numbers'],
  [4, 'birth dates: a year only, estimated, dummy, to come, very old', `${hl7}: a year alone stays a year; an estimated birth date says so; a default one is not taken`, `${hl7}: 1 January 1900 is no birth date and 31 December 9999 no discharge, and that is told`, `${badHl7}: a day of birth that is still to come`, `${badCsv}: a day of birth that is still to come`, `${badCsv}: a birth date nobody living can have is told and the row is stored`],
  [5, 'sex codes of every feed, and no birth sex', `${hl7}: a word nobody agreed on is told and nothing is guessed; a sex at birth is never made of it`],
  [6, 'ethnic category', `${hl7}: a local suffix keeps both codes; not stated, not known and blank are three things`],
  [6, 'partners who contradict', 'test/story/tell-story.test.ts: two ethnic categories are both told, with all who say either'],
  [7, 'no fixed abode, old and temporary addresses', `${hl7}: no fixed abode is said as sent; a default address is not taken`, `${hl7}: a new address replaces the old one, and temporary and postal ones stand beside it`],
  [7, 'a hidden location', `${hl7}: location hiding %s labels the person`, 'hl7v2-adt/location-hidden', 'emis/patient-location-hidden'],
  [8, 'a branch with a space, a code of another area', `${hl7}: %s is the practice %s, in the directory or not`, 'test/consent/relationship-evidence.test.ts: a surgery of a practice is registration with the practice'],
  [8, 'a practice that closed or was left', `${hl7}: a practice that closed gives way to the one named last; blank keeps it`, 'test/flow/mental-health-feeds.test.ts: a practice that a person left is shown nothing any more', 'test/flow/registration.test.ts: knows of them no longer once they have moved to another practice'],
  [8, 'a temporary resident', 'emis/patient-deleted-and-temporary', 'gp-connect/temporary-resident'],
  [9, 'destinations of both generations', `${hl7}: %s is known, from the %s list`, 'hl7v2-adt/destinations-of-both-generations', 'rio/bsmhft-destinations-old-and-new', 'mhsds/bsmhft-destinations-old-and-new'],
  [10, 'words of both releases, with other dashes and spaces', 'test/mappings/cld-words.test.ts: has a row for "%s", also in capitals, with other dashes and spaces at its ends', 'cld/release-1-and-release-2-words', 'cld/abdul-reablement-release-1'],
  [10, 'trailing spaces and a byte-order mark', 'cld/spaces-at-ends-and-a-byte-order-mark', `${badCsv}: a byte order mark is no part of the first header`],
  [10, 'carers as rows, one of three people', 'cld/unpaid-carer-of-three'],
  [10, 'rows split by a changed package, services that overlap', 'cld/package-changed-and-services-that-overlap'],
  [10, 'units that are negative, zero, or do not fit their cost', 'cld/bad-values', 'cld/units-that-do-not-fit-their-cost', `${badCsv}: units that cannot be of their cost frequency are kept as sent, and the sender is told`],
  [11, 'one referral, three teams', 'csds/one-referral-three-teams'],
  [11, 'a rejected referral, a contact before the referral', 'csds/referral-rejected', 'csds/bad-contact-before-referral'],
  [11, 'who did not attend was not seen', 'csds/did-not-attend-is-no-first-contact'],
  [11, 'urgent community response at 22:30', 'csds/alice-two-hour-response-at-night'],
  [12, 'urgency in the order 1, 4, 2, 3', 'mhsds/bsmhft-urgency-in-its-order', 'rio/bsmhft-urgency-in-its-order'],
  [12, 'a spell without a referral', 'mhsds/bsmhft-spell-without-referral'],
  [12, 'the Mental Health Act stays restricted', 'test/flow/mental-health-feeds.test.ts: every row of the table of legal statuses is closed', 'mhsds/bsmhft-legal-status'],
  [13, 'an indicator without a date, informal and formal', `${hl7}: an indicator without a date is a death without a date, told by the hospital and so informal`, 'hl7v2-adt/died-in-hospital'],
  [13, 'an appointment after the death', `${hl7}: an appointment after the death is stored and changes nothing about it`, 'test/story/tell-story.test.ts: who has died is nowhere, and what is still planned is told as sent after the death'],
  [13, 'a council that says no more than deceased', 'cld/no-event-reference', 'epaccs-csv/died-at-home'],
];

it('every trap of real records is stood by a test that runs, or an example', () => {
  const missing = testFinder(root);
  const problems = traps.flatMap(([trap, part, ...stoodBy]) => stoodBy.flatMap((each) => {
    const [file = '', test = ''] = each.split(/\.ts: (.*)/s);
    const name = `trap ${trap}, ${part}`;
    if (each.startsWith('test/')) return missing(name, [{ file: `${file}.ts`, test }]);
    const [kind = '', example = ''] = each.split('/');
    return existsSync(join(root, 'mappings', kind, 'examples', example, 'expected.json')) ? [] : [`${name} rests on an example that is not there: ${each}`];
  }));
  expect(problems).toEqual([]);
  expect(new Set(traps.map(([trap]) => trap))).toEqual(new Set(Array.from({ length: 13 }, (_, index) => index + 1)));
});
