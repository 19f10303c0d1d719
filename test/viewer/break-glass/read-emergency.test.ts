import { emergencyIn, goesWith, minutesLeft } from '../../../src/viewer/break-glass/live-emergency.ts';
import { nothingTyped, readEmergency, type TypedEmergency } from '../../../src/viewer/break-glass/read-emergency.ts';

const whole: TypedEmergency = { number: '999 000 0743', born: '11-Feb-1938', family: ' Okafor ', reason: 'serious-harm-person', explanation: 'Found on the floor at home' };
const now = new Date('2026-11-22T10:00:00Z');

test('what was typed becomes the inputs of the operation', () => {
  expect(readEmergency(whole, now)).toEqual({ parameters: { resourceType: 'Parameters', parameter: [
    { name: 'nhs-number', valueString: '9990000743' }, { name: 'birth-date', valueDate: '1938-02-11' }, { name: 'family', valueString: 'Okafor' }, { name: 'reason', valueCode: 'serious-harm-person' }, { name: 'explanation', valueString: 'Found on the floor at home' },
  ] } });
});

test('everything that is missing is told at once, and nothing is asked', () => {
  const read = readEmergency(nothingTyped, now);
  expect(Object.keys('mistakes' in read ? read.mistakes : {})).toEqual(['number', 'born', 'family', 'reason', 'explanation']);
});

test.each([
  ['number', '999 000 0744', /not a valid NHS number/], ['number', '999 000 074', /this has 9/], ['number', 'QQ 12 34 56 C', /National Insurance number\. Enter the NHS number: 10 digits$/], ['born', '30 2 1938', /day, month and year/], ['born', '23-Nov-2026', /not be in the future/], ['explanation', 'too short', /15 characters/],
] as const)('%s %s is not enough, and what to do about it is said', (field, text, says) => {
  const read = readEmergency({ ...whole, [field]: text }, now);
  expect('mistakes' in read ? read.mistakes : {}).toEqual({ [field]: expect.stringMatching(says) as string });
});

test('the time left is in whole minutes', () => {
  const live = emergencyIn({ resourceType: 'Parameters', parameter: [{ name: 'patient', valueReference: { reference: 'Patient/1' } }, { name: 'reference', valueString: 'EA-1' }, { name: 'until', valueInstant: '2026-11-22T11:00:00Z' }] });
  expect(live).toEqual({ citizen: '1', reference: 'EA-1', until: '2026-11-22T11:00:00Z' });
  expect([['10:00:00', 60], ['10:59:30', 0], ['11:00:00', 0]].map(([time]) => minutesLeft(live, new Date(`2026-11-22T${String(time)}Z`)))).toEqual([60, 0, 0]);
});

test('with an access goes all that was read, and what was typed of that person; what was typed of others stays', () => {
  const ended = [{ citizen: 'a1', reference: 'EA-1', until: '2026-11-22T11:00:00Z' }];
  const keys = [['draft', 'a1', 'refer'], ['draft', 'a1', 'refer', 'tries'], ['told-story', 'b2'], ['break-glass', 'whom'], ['draft', 'b2', 'refer'], ['draft', 'b2', 'refer', 'tries'], ['session']];
  expect(keys.map((key) => goesWith(ended, key))).toEqual([true, true, true, true, false, false, false]);
});
