import type { Page } from 'playwright-core';
import { people } from '../flow/whole-record.ts';
import type { Gateway } from '../gateway.ts';
import { focusedLabel, focusedText, narrow, overflowOf, settled, tabTo, zoomed, type Visit } from './visit.ts';

/** What has the focus can be seen: some of it is in the window, and nothing lies over that (WCAG 2.4.11). */
const focusInSight = `(() => {
  const focused = document.activeElement;
  const { left, right, top, bottom } = focused.getBoundingClientRect();
  const shown = [[(left + right) / 2, (top + bottom) / 2], [left + 2, top + 2], [right - 2, bottom - 2], [left + 2, bottom - 2]].map(([x, y]) => document.elementFromPoint(x, y));
  return shown.some((each) => each !== null && (focused.contains(each) || each.contains(focused) || focused.labels?.[0]?.contains(each)));
})()`;
/** A link of a list to what waits for an answer. */
const waiting = `document.activeElement?.tagName === 'A' && document.activeElement.closest('.os-item--look') !== null ? 'waiting' : ''`;
/** What opens the details of a look about which something was decided: what is only written needs no decision. */
const decidedLook = `document.activeElement?.tagName === 'SUMMARY' && document.activeElement.textContent === 'Details' && (document.activeElement.closest('.os-look')?.querySelector('.os-look__decisions')?.textContent ?? '').length > 0 ? 'decided' : ''`;

/** By Tab alone, and what has the focus then is in sight on a page no wider than its window. */
async function reach(page: Page, wanted: (text: string) => boolean, of = focusedText): Promise<void> {
  await tabTo(page, wanted, of);
  expect([await page.evaluate(of), await page.evaluate(focusInSight), await overflowOf(page)]).toEqual([await page.evaluate(of), true, 0]);
}
async function press(page: Page, name: string): Promise<void> {
  await reach(page, (text) => text === name);
  await page.keyboard.press('Enter');
}

/** From the start page until it is done. */
const journeys: readonly [who: string, journey: (page: Page, round: string) => Promise<void>][] = [
  ['the ward doctor finds a person and refers him', async (page, round) => {
    await press(page, 'I am a ward doctor');
    await page.getByRole('heading', { name: 'Find a person', level: 1 }).waitFor();
    await reach(page, (label) => label === 'NHS number', focusedLabel);
    await page.keyboard.type(people.abdul);
    await page.keyboard.press('Enter');
    await page.getByRole('link', { name: /RAHMAN, Abdul/ }).waitFor();
    await reach(page, (text) => text.includes('RAHMAN, Abdul'));
    await page.keyboard.press('Enter');
    await page.getByText('Where now').first().waitFor();
    await settled(page);
    await press(page, 'Refer');
    await page.locator('#refer-to').waitFor();
    await settled(page);
    await reach(page, (label) => label.startsWith('To whom'), focusedLabel);
    await page.keyboard.type('Early intervention');
    await reach(page, (label) => label.startsWith('What for'), focusedLabel);
    await page.keyboard.type(`Steady on the stairs, ${round}`);
    await reach(page, (label) => label === 'Routine', focusedLabel);
    await page.keyboard.press('Space');
    await press(page, 'Send the referral');
    await page.getByText(/^Sent to Birmingham Community Healthcare/).waitFor();
  }],
  ['the community nurse accepts it', async (page) => {
    await press(page, 'I am a community nurse');
    await page.getByRole('heading', { name: 'Find a person', level: 1 }).waitFor();
    await press(page, 'Referrals');
    await page.locator('.os-item--look').first().waitFor();
    await settled(page);
    await reach(page, (found) => found === 'waiting', waiting);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Your organisation’s answer' }).waitFor();
    await settled(page);
    await press(page, 'Accept it');
    await press(page, 'Accept');
    await page.getByText(/^Answered: Accepted/).waitFor();
  }],
  ['the governance lead finds who looked at him, and has a decision made again', async (page) => {
    await press(page, 'I look after information governance');
    await page.getByRole('heading', { name: 'Who looked', level: 1 }).waitFor();
    await settled(page);
    await reach(page, (label) => label.startsWith('NHS number'), focusedLabel);
    await page.keyboard.type(people.abdul);
    await page.keyboard.press('Enter');
    await page.getByText(/RAHMAN/).first().waitFor();
    await settled(page);
    await reach(page, (found) => found === 'decided', decidedLook);
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: /^Decide it again/ }).first().waitFor();
    await reach(page, (text) => text.startsWith('Decide it again'));
    await page.keyboard.press('Enter');
    await page.getByText(/^The same comes out\./).first().waitFor();
  }],
];

/** Three people's work with a keyboard and nothing else, each from the start page until it is done, at 320 pixels without motion and at 400 % with forced colours. */
export function keyboardJourneys(current: () => { gateway: Gateway; visit: () => Promise<Visit> }): void {
  describe.each<[string, (page: Page) => Promise<void>]>([
    ['at 320 pixels, without motion', async (page) => { await page.emulateMedia({ reducedMotion: 'reduce' }); await page.setViewportSize(narrow); }],
    ['at 400 %, with forced colours and without motion', zoomed],
  ])('with a keyboard alone, %s', (round, looksThus) => {
    it.each(journeys)('%s', async (_, journey) => {
      const { gateway, visit } = current();
      const { page, complaints, close } = await visit();
      await looksThus(page);
      await page.goto(`${gateway.url}/`);
      await journey(page, round);
      expect(complaints).toEqual([]);
      await close();
    });
  });
}
