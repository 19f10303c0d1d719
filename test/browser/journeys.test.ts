import { openLoadedPglite } from '../databases.ts';
import type { Bundle } from '@medplum/fhirtypes';
import type { Browser } from 'playwright-core';
import { personAt } from '../../src/demo/generate-people.ts';
import { castIndex } from '../../src/demo/cast.ts';
import { citizenOf, objectionOf, people } from '../flow/whole-record.ts';
import { firstDay } from '../first-day.ts';
import { startGateway, type Gateway } from '../gateway.ts';
import { londonToday } from '../../src/viewer/read-day.ts';
import { awayFromMidnight, until } from '../patience.ts';
import { castMember, detailsOf, openEmergency, population } from '../flow/emergency-asks.ts';
import { editableMappings, integrationOf, request, untilReplay } from '../flow/replay-works.ts';
import { everyRouteCases } from './every-route.ts';
import { keyboardJourneys } from './keyboard-journeys.ts';
import { desktop, elsewhere, faults, faultsAtAnyWidth, faultsWhenNarrow, focusedLabel, focusedText, isInSight, loseAnswer, narrow, openBrowser, settled, tabTo, type Visit, visit, zoomed, zoomedOut } from './visit.ts';

/** The journeys people make from the start page to their answer, one after the other on one gateway, as in a working day. */
describe('from the start page', () => {
  let gateway: Gateway;
  let browser: Browser;
  const visits: Visit[] = [];
  const objected = personAt({ seed: 2018, citizens: 12 }, castIndex('objected')).nhsNumber ?? '';
  const unknown = '9991000046';

  beforeAll(async () => {
    const maps = editableMappings(); // a changed mapping waits for its answer
    maps.edit('hl7v2-ref/ref.map', (text) => text.replace('patient.active = true;', "patient.active = true, patient.language = 'en';"));
    gateway = await startGateway(await openLoadedPglite(12), { mappings: maps.folder });
    await firstDay(gateway, population);
    browser = await openBrowser();
  });
  afterAll(async () => {
    for (const each of visits) await each.close();
    await browser.close();
    await gateway.close();
  });

  async function arrive(viewport = desktop): Promise<Visit> {
    const visited = await visit(browser, viewport);
    visits.push(visited);
    await visited.page.goto(`${gateway.url}/`);
    return visited;
  }

  describe('the ward doctor', () => {
    let here: Visit;
    beforeAll(async () => { here = await arrive(); });

    it('reaches Alice in four actions', async () => {
      const { page } = here;
      await page.getByRole('link', { name: 'I am a ward doctor' }).click(); // 1
      await page.getByLabel('NHS number', { exact: true }).fill('999-000 0743'); // 2
      await page.keyboard.press('Enter'); // 3
      await page.getByRole('link', { name: 'OKAFOR, Alice (Mrs)' }).waitFor();
      expect(await isInSight(page, 'OKAFOR, Alice (Mrs)')).toBe(true); // without scrolling
      await page.getByRole('link', { name: 'OKAFOR, Alice (Mrs)' }).click(); // 4
      await page.getByText('Where now').first().waitFor();
      await settled(page);
      expect(await page.title()).toMatch(/OneStory/);
    });

    it('sees for whom and why they act', async () => {
      expect(await here.page.getByText('Dr Leila Haddad, Doctor · Purpose: Direct care').isVisible()).toBe(true);
      expect(await here.page.getByText('Acting for University Hospitals Birmingham NHS Foundation Trust').isVisible()).toBe(true);
    });

    it.each([
      ['who she is', ['OKAFOR, Alice (Mrs)', '11-Feb-1938', '999 000 0743', 'Female']],
      ['where she is', ['No stay in hospital or a bed is recorded as going on now.', 'Moseley Hall Ward One']],
      ['what the plan is', ['Intermediate care plan', /Two visits a week, outdoor walking to the bus stop/]],
      ['whom to phone', ['Sahota, Jaspal', '0121 496 0210', 'The Example Practice', '0121 496 0601', '07700 900123']],
    ])('sees %s without scrolling', async (_what, texts) => {
      for (const text of texts) expect([text, await isInSight(here.page, text)]).toEqual([text, true]);
    });

    it('reads what changed in the plan, who changed it and when, on its card and on paper', async () => {
      const { page } = here;
      const card = page.locator('[data-section="plans"]').getByRole('listitem').filter({ hasText: /^What is done changed from/ });
      expect(await card.innerText()).toMatch(/from 'Two visits a week, outdoor walking, review with the home support provider' to 'Two visits a week, outdoor walking to the bus stop, a second rail on the stairs'\s+Birmingham Community Healthcare NHS Foundation Trust, \d\d-[A-Z][a-z]{2}-\d{4} \d\d:\d\d/);
      expect(await page.locator('[data-section="all-plans"]').innerText()).toContain('Review of Intermediate care plan changed from 10-Jul-2026 to 07-Aug-2026');
    });

    it('finds an entry by what it says, with who said it, and opens its details and versions', async () => {
      const { page } = here;
      const timeline = page.locator('[data-section="timeline"]');
      await timeline.getByLabel('Filter by any word').fill('Moseley');
      await until(async () => await timeline.locator('.os-event').filter({ hasNotText: 'Moseley' }).count() === 0, 'the entries that say it alone');
      const entry = timeline.getByRole('listitem').filter({ hasText: 'Moseley Hall' }).filter({ hasText: 'Community RiO' }).first();
      await entry.getByRole('link').first().click();
      await page.locator('[data-entry-title]').waitFor();
      await settled(page);
      expect(page.url()).toMatch(/\/app\/person\/[\w-]+\/\w+\/[\w-]+$/);
      const text = await page.innerText('main');
      for (const part of ['Birmingham Community Healthcare NHS Foundation Trust', 'Community RiO', 'Version']) expect(text).toContain(part);
      await page.getByRole('button', { name: 'Ask for a correction' }).click();
      await page.getByRole('button', { name: 'Ask for it' }).click();
      await page.getByText('Choose what is not right').waitFor();
      await page.getByLabel('What is not right').selectOption({ index: 1 });
      await page.getByLabel('What it should say').fill('She left a day later');
      expect(await faultsAtAnyWidth(page)).toEqual([]);
      await page.getByRole('button', { name: 'Ask for it' }).click();
      await page.getByText('The organisation that keeps this entry was asked to correct it.').waitFor();
      await page.goBack();
      await settled(page);
    });

    it('reads who tells of an event, and opens it to what each says and by which rule', async () => {
      const { page } = here;
      const timeline = page.locator('[data-section="timeline"]');
      await timeline.getByLabel('Filter by any word').fill('left w12 council');
      const line = timeline.locator('.os-event');
      expect(await line.count()).toBe(1);
      expect(await line.locator('summary').innerText()).toMatch(/^Told by University Hospitals Birmingham.*, mentioned by .*Birmingham City Council/);
      await line.locator('summary').click();
      await line.getByText('Who says so').waitFor();
      expect(await line.innerText()).toMatch(/Speaks of it: .* \(rule event-discharge-council-01\)/);
    });

    it('says that something told once is still right, and reads who said so', async () => {
      const { page } = here;
      const once = page.locator('[data-section="told-once"]');
      const fact = once.locator('.os-fact').first();
      await fact.getByRole('button', { name: /Still right/ }).click();
      await fact.getByText(/^Still right: Dr Leila Haddad, University Hospitals Birmingham/).waitFor();
      expect(await fact.getByRole('button').count()).toBe(0);
    });

    it('sees referrals go from lane to lane, and prints whose record it is on every sheet', async () => {
      const { page } = here;
      const timeline = page.locator('[data-section="timeline"]');
      await timeline.getByLabel('Filter by any word').fill('');
      await timeline.getByLabel('Kind').selectOption('Referrals');
      await timeline.getByLabel('In lanes').check();
      expect(await timeline.locator('.os-lane-event--right, .os-lane-event--left').first().innerText()).toMatch(/→/);
      await page.emulateMedia({ media: 'print' });
      expect([await page.getByText('Where now').first().isVisible(), await page.getByText(/^This page is printed with its own button/).isVisible()]).toEqual([false, true]);
      await page.emulateMedia({ media: 'screen' });
      await Promise.all([page.waitForResponse((response) => response.url().endsWith('/$story?print=true') && response.status() === 200), page.getByRole('button', { name: 'Print', exact: true }).click()]);
      const [log] = await gateway.database.query<{ n: number }>("select count(*)::int as n from audit_entry where entry::jsonb->>'interaction' = 'print' and entry::jsonb->>'query' like '%print=true'");
      expect(log?.n).toBe(1);
      await page.emulateMedia({ media: 'print' });
      expect(await page.locator('[data-print-line]').innerText()).toMatch(/OKAFOR, Alice \(Mrs\).*999 000 0743[\s\S]*Printed by Dr Leila Haddad, University Hospitals Birmingham NHS Foundation Trust, \d\d-[A-Z][a-z]{2}-\d{4} \d\d:\d\d/);
      await page.emulateMedia({ media: 'screen' });
    });

    it('reads what belongs together, and the record as at a day, with no way to act on it', async () => {
      const { page } = here;
      const timeline = page.locator('[data-section="timeline"]');
      await timeline.getByLabel('Kind').selectOption('');
      await timeline.getByLabel('By what belongs together').check();
      await timeline.getByRole('heading', { name: 'By themselves' }).waitFor();
      await page.getByLabel('As at', { exact: true }).fill('05-Apr-2999');
      await page.keyboard.press('Enter');
      await page.getByText('Enter a day that has come').waitFor();
      await awayFromMidnight();
      await page.getByLabel('As at', { exact: true }).fill(londonToday(new Date()));
      await page.keyboard.press('Enter');
      await page.locator('[data-as-at]').waitFor();
      await settled(page);
      expect(await page.innerText('main')).toMatch(/As at \d\d-[A-Z][a-z]{2}-\d{4} This is what had arrived here by the end of that day[\s\S]*Intermediate care plan/);
      expect(await page.getByRole('link', { name: 'Refer', exact: true }).count()).toBe(0);
      expect(await faultsWhenNarrow(page)).toEqual([]);
      await page.getByRole('link', { name: 'Back to now' }).click();
      await page.getByRole('link', { name: 'Refer', exact: true }).waitFor();
      await settled(page);
    });

    it('refers her, with what the record says already beside it, once however often it is pressed', async () => {
      const { page } = here;
      await page.getByRole('link', { name: 'Refer', exact: true }).click();
      await page.getByRole('button', { name: 'Send the referral' }).click();
      expect(await page.getByRole('alert').first().innerText()).toMatch(/to whom[\s\S]*what it is for[\s\S]*how urgent/i);
      expect(await page.locator('.os-known').innerText()).toMatch(/Sahota, Jaspal[\s\S]*Speaks English/);
      await page.getByLabel('To whom').selectOption({ label: 'Early intervention community team (EICT), Birmingham Community Healthcare NHS Foundation Trust' });
      await page.getByRole('textbox', { name: 'What for' }).fill('Needs help on the stairs');
      await page.getByRole('link', { name: 'Back to the record' }).click(); // to look something up
      await page.getByRole('link', { name: 'Refer', exact: true }).click();
      await page.getByText(/^What you typed before is still here/).waitFor();
      expect(await page.getByRole('textbox', { name: 'What for' }).inputValue()).toBe('Needs help on the stairs');
      await page.getByRole('button', { name: 'Send the referral' }).click(); // nothing is routine because nobody looked
      await page.getByRole('alert').getByText('Choose how urgent it is').waitFor();
      await page.getByLabel('Urgent', { exact: true }).check();
      expect(await page.getByRole('checkbox', { name: /^Care plan: Intermediate care plan/ }).isChecked()).toBe(true);
      expect(await faultsAtAnyWidth(page)).toEqual([]);
      await page.getByRole('button', { name: 'Send the referral' }).dblclick();
      await page.getByText(/^Sent to Birmingham Community Healthcare/).waitFor();
      await page.getByRole('link', { name: 'Referrals', exact: true }).first().click();
      await page.getByRole('button', { name: 'From us' }).click();
      const sent = page.getByRole('listitem').filter({ hasText: 'Needs help on the stairs' });
      await sent.first().waitFor();
      expect([await sent.count(), await sent.innerText()]).toEqual([1, expect.stringMatching(/OKAFOR, Alice[\s\S]*Urgent[\s\S]*Birmingham Community Healthcare/)]);
      expect(await faultsWhenNarrow(page)).toEqual([]);
    });

    it('records a call for advice, which the record then tells with its outcome', async () => {
      const { page } = here;
      await page.goBack();
      await page.getByRole('link', { name: 'Back to the record' }).click();
      await page.getByRole('link', { name: 'Record an advice call' }).click();
      await page.getByLabel('Who rang').selectOption({ label: 'West Midlands Ambulance Service University NHS Foundation Trust' });
      await page.getByLabel('What they asked').fill('Fell, may she stay at home?');
      await page.getByLabel('What you advised').fill('Stay, with a visit today');
      await page.getByLabel('What came of it').selectOption('managed-in-place');
      expect(await faultsWhenNarrow(page)).toEqual([]);
      await page.getByRole('button', { name: 'Record the call' }).click();
      await page.getByText('The call is recorded.').waitFor();
      await page.getByRole('link', { name: 'Back to the record' }).click();
      await page.locator('#referrals').getByText(/Managed where the person is/).waitFor();
      expect(await page.locator('#referrals').innerText()).toContain('Fell, may she stay at home?');
    });

    it('sees who is ready to leave, since when, and that nobody was asked', async () => {
      const { page } = here;
      await page.getByRole('link', { name: 'Ready to leave' }).click();
      const ready = page.getByRole('listitem').filter({ hasText: 'KOWALCZYK, Hala' });
      await ready.waitFor();
      expect(await ready.innerText()).toMatch(/\d+ days[\s\S]*W14 BAY2 B7[\s\S]*No referral since the admission/);
      expect(await faultsWhenNarrow(page)).toEqual([]);
      await page.goBack();
      await settled(page);
    });

    it('has no fault on the way that axe can find, wide or narrow', async () => {
      const { page } = here;
      await page.getByRole('link', { name: 'Find a person' }).click();
      await settled(page);
      await page.getByRole('button', { name: 'Clear' }).click();
      expect(await page.locator('[data-recent]').innerText()).toMatch(/OKAFOR, Alice \(Mrs\)/);
      expect(await faultsAtAnyWidth(page)).toEqual([]);
    });

    it('is told what is wrong with a number, and may paste it anyhow', async () => {
      const { page } = here;
      for (const [typed, told] of [['999 000 0744', /check/i], ['999 000 074', /9 digits|10 digits/], ['QQ 12 34 56 C', /National Insurance/], ['', /NHS number/]] as const) {
        await page.getByLabel('NHS number', { exact: true }).fill(typed);
        await page.keyboard.press('Enter');
        await page.getByRole('alert').filter({ hasText: told }).first().waitFor(); // what was told before stands there until then
      }
      expect(await faultsAtAnyWidth(page)).toEqual([]);
    });

    it('finds by surname and birth date', async () => {
      const { page } = here;
      await page.getByLabel('Surname', { exact: true }).fill('okafor');
      await page.getByLabel('Day').fill('11');
      await page.getByLabel('Month').fill('2');
      await page.getByLabel('Year').fill('1938');
      await page.keyboard.press('Enter');
      await page.getByRole('link', { name: 'OKAFOR, Alice (Mrs)' }).waitFor();
      expect(await faultsAtAnyWidth(page)).toEqual([]);
    });

    it('finds her by a misspelt surname and her birth date, told as somebody who may be meant', async () => {
      const { page } = here;
      await page.getByLabel('Surname', { exact: true }).fill('okafer');
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { name: '1 person may be meant' }).waitFor();
      const text = await page.locator('[data-results]').innerText();
      for (const part of ['OKAFOR, Alice (Mrs)', 'Possible', 'Surname: nearly the same; Date of birth: the same']) expect(text).toContain(part);
      expect(await faultsAtAnyWidth(page)).toEqual([]);
      await page.getByLabel('First name, if you know it').fill('Alice');
      await page.keyboard.press('Enter');
      await page.getByText('Likely', { exact: true }).waitFor();
    });

    it('refers her to a voluntary organisation only with her yes, which is recorded before anything is sent', async () => {
      const { page } = here;
      await page.goto(`${gateway.url}/app/person/${await citizenOf(gateway, 'ward-doctor', people.alice)}/refer`);
      await page.getByLabel('To whom').selectOption({ label: 'Neighbourhood network scheme, Neighbourhood Network Scheme Edgbaston' });
      await page.getByRole('textbox', { name: 'What for' }).fill('Company on Tuesdays');
      await page.getByLabel('Routine').check();
      expect(await page.getByRole('checkbox', { name: /^Care plan/ }).count()).toBe(0); // nothing of her care goes along
      await page.getByRole('button', { name: 'Send the referral' }).click();
      await page.getByRole('alert').getByText(/yes/i).first().waitFor();
      await page.getByRole('checkbox', { name: /Neighbourhood Network Scheme Edgbaston/ }).check();
      expect(await faultsAtAnyWidth(page)).toEqual([]);
      const toNns = async (): Promise<(string | undefined)[]> => {
        const found = (await (await gateway.search('ServiceRequest', { patient: `Patient/${await citizenOf(gateway, 'ward-doctor', people.alice)}`, _count: '100' }, 'ward-doctor')).json()) as Bundle;
        return (found.entry ?? []).flatMap(({ resource }) => (JSON.stringify(resource).includes('Company on Tuesdays') ? [resource?.resourceType] : []));
      };
      let refused = false;
      await page.route('**/fhir/Consent', async (route) => { // her yes is not taken
        refused = true;
        await route.abort();
      }, { times: 1 });
      await page.getByRole('button', { name: 'Send the referral' }).click();
      await page.getByText(/The gateway did not answer/).first().waitFor();
      expect([refused, await toNns()]).toEqual([true, []]);
      const lost = await loseAnswer(page, '**/fhir/ServiceRequest');
      await page.getByRole('button', { name: 'Send the referral' }).click();
      expect(await lost()).toBe(201);
      await page.getByRole('button', { name: 'Send the referral' }).and(page.locator(':not([aria-disabled=true])')).waitFor();
      await page.getByText(/The gateway did not answer/).first().waitFor();
      await page.getByRole('link', { name: 'Back to the record' }).click();
      await page.locator('#referrals').getByText(/Company on Tuesdays/).waitFor(); // read anew, whatever came back
      await page.getByRole('link', { name: 'Refer', exact: true }).click();
      await page.getByText(/^It may have been sent already/).waitFor();
      await page.getByRole('textbox', { name: 'What for' }).fill('Company on Tuesdays and on Thursdays');
      await page.getByRole('checkbox', { name: /Neighbourhood Network Scheme Edgbaston/ }).check();
      await page.getByRole('button', { name: 'Send the referral' }).click();
      await page.getByText(/^It had been sent already/).waitFor();
      expect(await page.getByText(/^Sent to/).count()).toBe(0);
      expect(await faultsAtAnyWidth(page)).toEqual([]);
      await page.getByRole('link', { name: 'Back to the record' }).click(); // as it says
      await page.getByRole('link', { name: 'Refer', exact: true }).click();
      await page.getByText(/^It had been sent already/).waitFor();
      expect(await toNns()).toEqual(['ServiceRequest']);
      expect(await citizenOf(gateway, 'voluntary-worker', people.alice)).toMatch(/^[0-9a-f-]{36}$/); // who is told who she is, now that she said yes
      await page.getByRole('link', { name: 'Find a person', exact: true }).click();
    });

    it('leaves nothing behind when signing out', async () => {
      const { page } = here;
      await page.getByRole('button', { name: 'Sign out', exact: true }).click();
      await page.getByRole('heading', { name: 'You are signed out' }).waitFor();
      expect(await faultsAtAnyWidth(page)).toEqual([]);
      await page.goBack();
      await settled(page);
      expect(await page.innerText('body')).not.toMatch(/okafor/i);
    });
  });

  describe('the social worker', () => {
    let here: Visit;
    beforeAll(async () => {
      here = await arrive();
      await here.page.getByRole('link', { name: 'I am a social worker' }).click();
    });
    const answerFor = async (number: string): Promise<string> => {
      const { page } = here;
      await page.getByLabel('NHS number', { exact: true }).fill(number);
      await Promise.all([page.waitForResponse((response) => response.url().endsWith('/fhir/Patient/_search')), page.keyboard.press('Enter')]);
      await settled(page);
      return page.innerText('main');
    };

    it('meets one helpful sentence for somebody who objected and for somebody unknown', async () => {
      const [kept, nobody] = [await answerFor(objected), await answerFor(unknown)];
      expect(kept).toBe(nobody);
      expect(kept).toMatch(/No record can be shown/);
      expect(kept).not.toMatch(/blagrove|objected/i);
      expect(await faultsAtAnyWidth(here.page)).toEqual([]);
    });

    it('gets at a closed record in an emergency, after reason and words, under a strip that ends it with one click', async () => {
      const { page } = here;
      await answerFor(objected);
      await page.getByRole('link', { name: 'I need it in an emergency' }).click();
      await page.getByRole('button', { name: 'Open the record' }).click();
      expect(await page.getByRole('alert').first().innerText()).toMatch(/NHS number[\s\S]*15 characters/);
      expect(await faultsAtAnyWidth(page)).toEqual([]);
      const { 'birth-date': born, family, explanation } = detailsOf(castMember('objected'));
      for (const [label, text] of [['NHS number', objected], ['Date of birth', born], ['Surname', family], ['What has happened, in your own words', explanation]] as const) await page.getByLabel(label, { exact: true }).fill(text);
      await page.getByLabel('Risk of serious harm to the person').check();
      await page.getByRole('button', { name: 'Open the record' }).click();
      await page.getByText('Where now').first().waitFor();
      await settled(page);
      expect(await page.getByRole('complementary', { name: 'Emergency access' }).innerText()).toMatch(/Emergency access to a record: \d+ minutes left, until \d\d:\d\d/);
      expect(await faultsWhenNarrow(page)).toEqual([]);
    });

    it('keeps the strip in another tab and after signing in again, a line for each access, until each is ended', async () => {
      const { page } = here;
      const record = page.url();
      const { reference } = await openEmergency(gateway, detailsOf(castMember('objected')), 'social-worker');
      await gateway.database.query(`insert into emergency_access select (jsonb_populate_record(e, jsonb_build_object('id', gen_random_uuid(), 'reference', 'EA-0', 'citizen_id', gen_random_uuid()))).* from emergency_access e where reference = $1`, [reference]);
      const another = await page.context().newPage();
      await another.goto(`${gateway.url}/app/find`);
      const strip = another.getByRole('complementary', { name: 'Emergency access' });
      await strip.getByRole('button', { name: 'End it now' }).nth(1).waitFor();
      await another.getByRole('button', { name: 'Sign out', exact: true }).click();
      await another.getByRole('heading', { name: 'You are signed out' }).waitFor();
      await another.goto(`${gateway.url}/session/sign-in?as=social-worker&return=/app/referrals`);
      await strip.getByRole('button', { name: 'End it now' }).nth(1).waitFor();
      await strip.getByRole('button', { name: 'End it now' }).first().click();
      await another.getByRole('heading', { name: 'Find a person', level: 1 }).waitFor();
      await strip.getByRole('button').nth(1).waitFor({ state: 'detached' });
      await strip.getByRole('button', { name: 'End it now' }).click();
      await strip.waitFor({ state: 'detached' });
      await another.close();
      await page.goto(record);
      await page.getByText(/No record can be shown/).waitFor();
      expect(await page.getByRole('complementary', { name: 'Emergency access' }).count()).toBe(0);
      await page.getByRole('link', { name: 'Find a person', exact: true }).click();
    });

    it('sees of Alice, after her objection, what the council holds and that something is not shown', async () => {
      const citizen = await citizenOf(gateway, 'privacy-officer', people.alice);
      const filed = await fetch(`${gateway.url}/fhir/Consent`, {
        method: 'POST', headers: { Authorization: `Bearer ${await gateway.token('privacy-officer')}`, 'Content-Type': 'application/fhir+json' }, body: JSON.stringify(objectionOf(citizen)),
      });
      expect(filed.status).toBe(201);
      const { page } = here;
      await answerFor(people.alice);
      await page.getByRole('link', { name: /OKAFOR/ }).click();
      await page.getByText('Where now').first().waitFor();
      await settled(page);
      const text = await page.innerText('main');
      expect(text).toContain('Some information is not shown. This can be because of the person\'s wishes or sharing rules. It may not be clinically relevant.');
      for (const shown of ['Home Support', 'Birmingham City Council']) expect(text).toContain(shown);
      for (const kept of ['Intermediate care plan', 'Moseley Hall', 'Community RiO', 'Mental health RiO', 'mental health', 'Sahota']) expect(text).not.toContain(kept);
      await page.getByText('Why?', { exact: true }).first().click();
      await page.getByText('The person has asked for it.').first().waitFor();
      expect(await faultsAtAnyWidth(page)).toEqual([]);
      await page.getByRole('link', { name: 'I need it in an emergency' }).first().click();
      expect([await page.getByLabel('NHS number', { exact: true }).inputValue(), await page.getByLabel('Date of birth').inputValue(), (await page.getByLabel('Surname').inputValue()).toLowerCase()]).toEqual([people.alice, '11-Feb-1938', 'okafor']);
    });
  });

  describe('the privacy officer', () => {
    it('finds both looks at Alice and reads why each was allowed or refused', async () => {
      const { page } = await arrive();
      await page.getByRole('link', { name: 'Come in as somebody else' }).click();
      expect(await faultsAtAnyWidth(page)).toEqual([]);
      await page.getByRole('button', { name: /Marcus Facey/ }).click();
      await page.getByRole('heading', { name: 'Who looked', level: 1 }).waitFor();
      await page.getByLabel(/NHS number/).fill('999 000 0743');
      await page.keyboard.press('Enter');
      await page.getByText(/OKAFOR/).first().waitFor();
      await settled(page);
      const text = await page.innerText('main');
      expect(text).toMatch(/Dr Leila Haddad/);
      expect(text).toMatch(/Sukhdev Bains/);
      expect(text).toMatch(/clause \d/i);
      expect(text).toMatch(/objection|objected|wish/i);
      expect(await faultsWhenNarrow(page)).toEqual([]);
    });
  });

  describe('the governance lead', () => {
    let here: Visit;
    beforeAll(async () => {
      here = await arrive();
      await here.page.getByRole('link', { name: 'I look after information governance' }).click();
      await here.page.getByRole('heading', { name: 'Who looked', level: 1 }).waitFor();
      await settled(here.page);
    });

    it('searches by person who looked', async () => {
      const { page } = here;
      await page.getByLabel(/Name/).first().fill('Haddad');
      await page.keyboard.press('Enter');
      await page.locator('main').filter({ hasText: 'Dr Leila Haddad' }).filter({ hasNotText: 'Sukhdev Bains' }).waitFor();
      await settled(page);
      expect(await faultsAtAnyWidth(page)).toEqual([]);
    });

    it('takes the log away as a file that no spreadsheet runs', async () => {
      const { page } = here;
      const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: /CSV|Export|Download/ }).click()]);
      expect(download.suggestedFilename()).toMatch(/^[\w-]+\.csv$/);
      const stream = await download.createReadStream();
      const chunks: Buffer[] = [];
      for await (const chunk of stream) chunks.push(chunk as Buffer);
      const text = Buffer.concat(chunks).toString('utf8');
      expect(text).toContain('Dr Leila Haddad');
      expect(text).not.toMatch(/(^|,)"?[=+@-]/m);
    });

    it('reads what the agreements let whom see', async () => {
      const { page } = here;
      await page.getByRole('link', { name: 'Agreements' }).click();
      await page.getByRole('heading', { name: 'Agreements', level: 1 }).waitFor();
      await settled(page);
      const text = await page.innerText('main');
      for (const part of ['In force', 'Lapsed', 'Draft']) expect(text).toContain(part);
      await page.getByRole('link', { name: /Early Intervention/i }).first().click();
      await page.getByText('Birmingham City Council').first().waitFor();
    });

    it('asks why an entry is shown to one and not to another, rule by rule, also where colours are forced and the window is very small', async () => {
      const { page } = here;
      const [plan] = ((await (await gateway.search('CarePlan', { patient: `Patient/${await citizenOf(gateway, 'community-nurse', people.abdul)}` }, 'community-nurse')).json()) as Bundle).entry ?? [];
      await page.getByRole('link', { name: 'Agreements', exact: true }).click();
      await page.getByRole('link', { name: 'Why an entry is shown or not' }).click();
      await page.getByRole('button', { name: 'Explain' }).click();
      await page.getByRole('alert').getByText(/with a slash between them/).waitFor();
      await page.getByLabel('Entry', { exact: true }).fill(`CarePlan/${plan?.resource?.id ?? ''}`);
      await page.getByRole('button', { name: 'Explain' }).click();
      await page.getByText('Who may see it', { exact: true }).waitFor();
      expect(await page.innerText('main')).toMatch(/Clause \d/i);
      await page.getByLabel('Organisation').selectOption({ label: 'University Hospitals Birmingham NHS Foundation Trust' });
      await page.getByLabel('Purpose').selectOption({ label: 'Direct care' });
      for (const [role, says] of [['Doctor', /Shown\. Rule/], ['Voluntary worker', /Not shown\. Rule/]] as const) {
        await page.getByLabel('Role').selectOption({ label: role });
        await page.getByRole('button', { name: 'Explain' }).click();
        await page.getByText(says).first().waitFor();
      }
      expect(await faults(page)).toEqual([]);
      await zoomed(page);
      expect(await faults(page)).toEqual([]);
      await zoomedOut(page);
    });
  });

  describe('those who answer for what they oversee', () => {
    let officer: Visit;
    const go = async (name: string): Promise<string> => {
      await officer.page.getByRole('link', { name, exact: true }).click();
      await officer.page.locator('nav [aria-current=page]').filter({ hasText: name }).waitFor();
      await settled(officer.page);
      return officer.page.innerText('main');
    };
    beforeAll(async () => {
      officer = await arrive();
      await officer.page.goto(`${gateway.url}/session/sign-in?as=privacy-officer&return=/app/emergency`);
      await settled(officer.page);
    });

    it('review emergency access: who, why and what was looked at', async () => {
      const { page } = officer;
      expect(await page.innerText('main')).toMatch(/Sukhdev Bains, social worker, Birmingham City Council/);
      await page.getByRole('link', { name: /^EA-/ }).first().click();
      await page.getByText('Found on the floor at home').waitFor();
      await page.getByRole('button', { name: 'Review it' }).click();
      await page.getByLabel('It was appropriate').check();
      await page.getByLabel('What you found').fill('A true emergency');
      expect(await faultsAtAnyWidth(page)).toEqual([]);
      await page.getByRole('button', { name: 'Record the review' }).click();
      await page.getByText(/Marcus Facey, \d\d-/).waitFor();
      expect(await page.innerText('main')).toMatch(/Appropriate[\s\S]*A true emergency/);
    });

    it('settle a possible link with a keyboard only, with both records side by side', async () => {
      const { page } = officer;
      await tabTo(page, (text) => text === 'Possible links');
      await page.keyboard.press('Enter');
      await page.getByRole('link', { name: /^Pair LR-/ }).waitFor();
      await tabTo(page, (text) => text.startsWith('Pair LR-'));
      await page.keyboard.press('Enter');
      await page.getByRole('table', { name: 'The two records' }).waitFor();
      expect(await page.getByRole('row').filter({ hasText: 'First names' }).innerText()).toMatch(/HALA[\s\S]*Halina[\s\S]*speaks (for|against) one person/);
      await tabTo(page, (text) => text === 'Take it to decide');
      await page.keyboard.press('Enter');
      await page.getByRole('button', { name: 'Decide', exact: true }).waitFor();
      await tabTo(page, (text) => text === 'Decide');
      await page.keyboard.press('Enter');
      await tabTo(page, (text) => text === 'Yes, one person', focusedLabel);
      await page.keyboard.press('ArrowDown');
      await tabTo(page, (text) => text === 'Why', focusedLabel);
      await page.keyboard.type('Two sisters');
      expect(await faultsAtAnyWidth(page)).toEqual([]);
      await page.keyboard.press('Enter');
      await page.getByText(/^Decided .*: two people\.$/).waitFor();
      expect(await page.innerText('main')).toMatch(/Two sisters[\s\S]*Marcus Facey/);
      await tabTo(page, (text) => text === 'Undo the decision');
      await page.keyboard.press('Enter');
      await tabTo(page, (text) => text === 'Why it was wrong', focusedLabel);
      await page.keyboard.type('The wrong pair');
      await page.keyboard.press('Enter');
      await page.getByRole('button', { name: 'Take it to decide' }).waitFor();
    });

    it('record what somebody decided about sharing, and end it again', async () => {
      const { page } = officer;
      expect(await go('Choices')).toMatch(/BLAGROVE, Neville[\s\S]*Objects to sharing[\s\S]*University Hospitals Birmingham/);
      await page.getByRole('link', { name: 'Find a person to record or end a choice' }).click();
      await page.getByLabel('NHS number', { exact: true }).fill(people.abdul);
      await page.keyboard.press('Enter');
      await page.getByRole('link', { name: /RAHMAN/ }).click();
      await page.getByRole('button', { name: 'Record a choice' }).click();
      await page.getByLabel('They object to sharing their record').check();
      await page.getByLabel('When they decided').fill('05-Apr-2026');
      expect(await faultsAtAnyWidth(page)).toEqual([]);
      await page.getByRole('button', { name: 'Record it' }).click();
      const choice = page.locator('[data-choices]').getByRole('listitem').filter({ hasText: 'Objects to sharing' });
      expect(await choice.innerText()).toMatch(/Recorded[\s\S]*05-Apr-2026/);
      await choice.getByRole('button', { name: /End this choice/ }).click();
      await choice.getByLabel('The person has asked for this').check();
      await choice.getByRole('button', { name: 'End it', exact: true }).click();
      await choice.locator('.os-item__state', { hasText: 'Ended' }).waitFor();
    });

    it('see what feeds are stuck, and what is known not to be covered', async () => {
      const { page } = officer;
      expect(await go('Feeds')).toMatch(/Hospital admissions, transfers, discharges[\s\S]*Last received\s+\d\d-/);
      await page.getByRole('link', { name: /Hospital admissions/ }).click();
      await page.getByText('Mapping at work (fingerprint)').waitFor();
      expect(await page.innerText('main')).toMatch(/In 24 hours\s+[\d,]+ rows/);
      await page.getByRole('button', { name: 'Show where each field goes' }).click();
      await page.getByText('Fields, those that go nowhere first').waitFor();
      expect(await page.innerText('main')).toMatch(/fields are accounted for[\s\S]*Left out on purpose[\s\S]*agreed by/);
      expect(await faultsWhenNarrow(page)).toEqual([]);
      expect(await go('Known gaps')).toMatch(/Not compared[\s\S]*Time\. The twin worlds compare/);
    });

    it('hold the log to a checkpoint they kept, and tell a person who looked', async () => {
      const { page } = officer;
      await go('Proof of the log');
      await page.getByRole('button', { name: 'Make one now' }).click();
      await page.getByText('A new checkpoint was made.').waitFor();
      const kept = (await gateway.get('/audit/checkpoint', 'privacy-officer')).text();
      await page.getByRole('button', { name: 'Make one now' }).click();
      await page.getByLabel('A checkpoint you kept').fill(await kept);
      await page.getByRole('button', { name: 'Verify', exact: true }).click();
      await page.getByText(/^It holds\. The log of [\d,]+ entries begins with/).waitFor();
      expect(await faultsWhenNarrow(page)).toEqual([]);
      const alice = await citizenOf(gateway, 'privacy-officer', people.alice);
      await page.goto(`${gateway.url}/app/person/${alice}`);
      await page.getByLabel('First day').fill('yesterday');
      await page.getByRole('link', { name: 'Open it to print' }).click();
      await page.locator('.nhsuk-error-summary:focus').getByRole('alert').getByText('Enter a real day').waitFor();
      await page.getByLabel('First day').fill('');
      await page.getByRole('button', { name: 'Show it here' }).click();
      await page.locator('[data-access-report]').getByText(/University Hospitals Birmingham/).first().waitFor();
      expect(await faultsWhenNarrow(page)).toEqual([]);
      const [printed] = await Promise.all([page.waitForEvent('popup'), page.getByRole('link', { name: 'Open it to print' }).click()]);
      await printed.getByRole('heading', { level: 1 }).waitFor();
      await printed.close();
    });

    it('take a report out of the log, and have a decision made again', async () => {
      const { page } = officer;
      await go('Reports');
      await page.getByLabel('Report', { exact: true }).selectOption('emergency-looks');
      await page.getByRole('button', { name: 'Show the first rows' }).click();
      expect(await page.getByRole('table').innerText()).toMatch(/Sukhdev Bains[\s\S]*Social worker/);
      expect(await faultsAtAnyWidth(page)).toEqual([]);
      const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Save as a file (CSV)' }).click()]);
      expect(file.suggestedFilename()).toBe('emergency-looks.csv');
      await go('Who looked');
      const look = page.locator('.os-look').filter({ hasText: 'Allowed' }).first();
      await look.getByText('Details', { exact: true }).click();
      await look.getByRole('button', { name: /^Decide it again/ }).click();
      await look.getByText(/^The same comes out\./).waitFor();
    });

    it('ask about an odd look: what was odd in sentences, what was seen, and what was found', async () => {
      const { page } = officer;
      const alice = await citizenOf(gateway, 'ward-doctor', people.alice);
      await page.goto(`${gateway.url}/app/person/${alice}`);
      await page.getByRole('button', { name: 'Keep an eye on looks at this person' }).click();
      await page.getByLabel('They work for your organisation').check();
      await page.getByRole('button', { name: 'Put them on the list' }).click();
      await page.getByText('Enter who they are at your sign-in').waitFor();
      await page.getByLabel('Who they are at your sign-in').fill('ward-doctor');
      await page.getByLabel('What should be remembered about it').fill('works here');
      expect(await faultsWhenNarrow(page)).toEqual([]);
      await page.getByRole('button', { name: 'Put them on the list' }).click();
      await page.getByText('On the list of your organisation.').waitFor();
      await gateway.get(`/fhir/Patient/${alice}`, 'ward-doctor');
      await gateway.services.oddLooks.stop(); // a round of its own that is under way would have the look wait for the next
      while (await gateway.services.oddLooks.look());
      expect(await go('Odd looks')).toMatch(/New[\s\S]*Dr Leila Haddad, doctor, University Hospitals[\s\S]*their own record/);
      expect(await page.innerText('main')).not.toMatch(/okafor/i);
      expect(await faultsWhenNarrow(page)).toEqual([]);
      await tabTo(page, (text) => text.startsWith('CA-'));
      await page.keyboard.press('Enter');
      await page.getByText('They looked at their own record.').waitFor();
      await page.getByRole('button', { name: /^Show what was seen/ }).first().click();
      await page.getByText('Allowed or refused by').waitFor();
      await page.getByRole('button', { name: 'Show who this is' }).click();
      await page.getByText(/OKAFOR, A/).waitFor();
      await page.getByRole('button', { name: 'Deal with it' }).click();
      await page.getByText('Taken by').waitFor();
      await page.getByRole('button', { name: 'Ask their organisation' }).click();
      await page.getByLabel('Your question').fill('Was this your own record?');
      expect(await faultsAtAnyWidth(page)).toEqual([]);
      await page.getByRole('button', { name: 'Send the question' }).click();
      await page.getByText('Waits for an answer').waitFor();
      await page.getByRole('button', { name: 'Close it' }).click();
      await page.getByLabel('They were not appropriate').check();
      await page.getByLabel('Why', { exact: true }).fill('Spoken to');
      await page.getByRole('button', { name: 'Close the case' }).click();
      await page.getByRole('button', { name: 'Open it again' }).waitFor();
      expect(await page.innerText('main')).toMatch(/Proposed: Not appropriate\s+Spoken to\s+Marcus Facey/);
    });

    it('take somebody off the list of those looked at out of curiosity, which names nobody', async () => {
      const { page } = officer;
      await go('Odd looks');
      await page.getByRole('link', { name: 'People somebody keeps an eye on' }).click();
      const entry = page.getByRole('listitem').filter({ hasText: 'works here' });
      await entry.waitFor();
      expect(await page.innerText('main')).not.toMatch(/okafor/i);
      expect(await faultsWhenNarrow(page)).toEqual([]);
      await entry.getByRole('button', { name: /^Take them off the list/ }).click();
      await entry.getByRole('button', { name: 'Take them off', exact: true }).click();
      await entry.locator('.os-item__state', { hasText: 'Taken off' }).waitFor();
    });

    it('read what a changed mapping would change, and approve it', async () => {
      const { page } = officer;
      await gateway.services.feedWork.replay.start(integrationOf(), 'uhb-ref', request);
      await untilReplay(gateway.services, 'uhb-ref', 'ready');
      await go('Feeds');
      await page.getByRole('link', { name: /^Hospital referrals/ }).click();
      await page.getByRole('table', { name: /^What would change/ }).waitFor();
      expect(await page.innerText('main')).toMatch(/Waits for an answer[\s\S]*Patient\s+added language/);
      expect(await faultsAtAnyWidth(page)).toEqual([]);
      await page.getByRole('button', { name: 'Approve the changed mapping' }).click();
      await page.getByRole('button', { name: 'Approve it' }).click();
      await page.getByText('Say that you have read what would change').waitFor();
      await page.getByLabel('I have read what would change and answer for it').check();
      await page.getByRole('button', { name: 'Approve it' }).click();
      await untilReplay(gateway.services, 'uhb-ref', 'done');
      await page.reload();
      await page.getByText('Marcus Facey').first().waitFor();
    });

    it('compare the next version of an agreement with the one in force, and sign it for their own organisation', async () => {
      const { page } = officer;
      await go('Agreements');
      expect((await page.locator('nav ul').boundingBox())?.height).toBeLessThan(50); // one row
      await page.setViewportSize(narrow);
      const menu = page.getByRole('button', { name: 'Menu', exact: true });
      expect(await page.getByRole('link', { name: 'Feeds', exact: true }).isVisible()).toBe(false); // ten names are as high as the window
      await menu.press('Enter');
      await page.getByRole('link', { name: 'Feeds', exact: true }).waitFor();
      await page.keyboard.press('Escape');
      expect([await page.evaluate(focusedText), await menu.getAttribute('aria-expanded')]).toEqual(['Menu', 'false']);
      await page.setViewportSize(desktop);
      await page.getByRole('row').filter({ hasText: 'end of life' }).filter({ hasText: 'Draft' }).getByRole('link').click();
      await page.getByLabel('Version to compare with').selectOption({ index: 1 });
      expect(await page.getByRole('list', { name: 'Compared with another version' }).innerText()).toMatch(/Review date[\s\S]*31-Mar-2027[\s\S]*31-Mar-2028[\s\S]*Clause 5\.1[\s\S]*coordinator/i);
      await page.getByRole('button', { name: 'Sign for University Hospitals Birmingham NHS Foundation Trust' }).click();
      await page.getByRole('button', { name: 'Sign it' }).click();
      await page.getByText('Say that you have read it').waitFor();
      await page.getByLabel(/^I have read every clause/).check();
      expect(await faultsAtAnyWidth(page)).toEqual([]);
      await page.getByRole('button', { name: 'Sign it' }).click();
      await page.getByText(/^Signed for University Hospitals Birmingham NHS Foundation Trust on \d\d-/).waitFor();
      await page.getByRole('row').filter({ hasText: 'University Hospitals' }).filter({ hasText: /\d\d-[A-Z][a-z]{2}-\d{4}/ }).waitFor();
    });

    it('try a draft they paste, are told every mistake in it, register it, and put a signed one in force', async () => {
      const { page } = officer;
      const agreement = (id: string): string => `/governance/agreements/${id}`;
      const { sha256, content } = (await (await gateway.get(agreement('bicp-end-of-life/1.1'), 'governance-lead')).json()) as { sha256: string; content: string };
      for (const [who, party] of [['bchc', 'https://fhir.nhs.uk/Id/ods-organization-code|RYW'], ['smbc', 'https://fhir.bicp.example/Id/ons-code|E08000029']] as const) {
        const signed = await fetch(`${gateway.url}${agreement('bicp-end-of-life/1.1/sign')}`, { method: 'POST', headers: { Authorization: `Bearer ${await gateway.token(`privacy-officer-${who}`)}`, 'Content-Type': 'application/json' }, body: JSON.stringify({ party, signatory: 'Somebody', sha256 }) });
        expect(signed.status).toBe(200);
      }
      await page.goto(`${gateway.url}/session/sign-in?as=governance-lead&return=/app/agreements`);
      await page.getByRole('link', { name: 'Try a draft that is not in the register' }).click();
      await page.getByRole('button', { name: 'Try it' }).click();
      await page.getByText('Paste the text of the agreement').waitFor();
      await page.getByLabel('Text of the agreement').fill('id: half\nversion: 1\n');
      await page.getByRole('button', { name: 'Try it' }).click();
      expect(await page.getByRole('alert', { name: 'The text is no agreement yet' }).innerText()).toMatch(/"title" is missing[\s\S]*"parties" is missing/);
      expect(await faultsAtAnyWidth(page)).toEqual([]);
      await page.getByLabel('Text of the agreement').fill(content.replace('version: "1.1"', 'version: "1.2"'));
      await page.getByRole('button', { name: 'Try it' }).click();
      await page.getByText(/were judged; /).waitFor();
      await page.getByRole('button', { name: 'Register it as a draft' }).click();
      await page.getByLabel('The text is ready to be read by its parties').check();
      await page.getByRole('button', { name: 'Register it', exact: true }).click();
      await page.getByText('Registered as a draft.').waitFor();
      await go('Agreements');
      await page.getByRole('row').filter({ hasText: 'end of life' }).filter({ hasText: '1.1' }).getByRole('link').click();
      await page.getByRole('button', { name: 'Put it in force' }).click();
      await page.getByLabel('I have looked at what it would change').check();
      await page.getByRole('button', { name: 'Put it in force' }).click();
      await page.getByRole('button', { name: 'End this agreement' }).waitFor();
      expect(await page.innerText('main')).toMatch(/This agreement is in force/);
    });

    it('have past links compared with the rule of now, and try a draft on past looks', async () => {
      const { page } = officer;
      await page.goto(`${gateway.url}/session/sign-in?as=governance-lead&return=/app/links/anew`);
      await settled(page);
      await page.getByRole('button', { name: 'Compare now' }).click();
      await until(async () => {
        const again = page.getByRole('button', { name: 'Look again' });
        if (await again.isVisible()) await again.click({ timeout: 5_000 }).catch(() => undefined); // it goes when the last look brings the end
        return page.getByRole('button', { name: 'Give it up' }).isVisible();
      }, 'the end of the comparison', 100);
      expect(await page.innerText('main')).toMatch(/Waits for an answer/);
      await go('Agreements');
      await page.getByRole('link', { name: /safeguarding/i }).click();
      await page.getByRole('button', { name: 'Try it' }).click();
      await page.getByText(/were judged; /).waitFor();
    });
  });

  describe('the community nurse, with a keyboard only', () => {
    it('reaches Abdul and opens an entry', async () => {
      const { page } = await arrive();
      await tabTo(page, (text) => text === 'I am a community nurse');
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { name: 'Find a person', level: 1 }).waitFor();
      await tabTo(page, (text) => text === 'NHS number', focusedLabel);
      await page.keyboard.type('9990000379');
      await page.keyboard.press('Enter');
      await page.getByRole('link', { name: /RAHMAN, Abdul/ }).waitFor();
      await tabTo(page, (text) => text.includes('RAHMAN, Abdul'));
      await page.keyboard.press('Enter');
      await page.getByText('Where now').first().waitFor();
      await settled(page);
      await tabTo(page, (text) => text.startsWith('Rehabilitation care plan'));
      const outline = await page.evaluate('(() => { const style = getComputedStyle(document.activeElement); return style.outlineStyle !== "none" || style.boxShadow !== "none" || style.backgroundColor === "rgb(255, 235, 59)"; })()');
      expect(outline).toBe(true);
      await page.keyboard.press('Enter');
      await page.waitForURL(/\/CarePlan\//);
      await settled(page);
    });
  });

  it('the community nurse accepts a referral with a keyboard only, and the sender reads it', async () => {
    const { page } = visits.at(-1) ?? (await arrive());
    await tabTo(page, (text) => text === 'Referrals');
    await page.keyboard.press('Enter');
    await page.getByRole('listitem').filter({ hasText: 'MIRZA, Samina' }).first().waitFor();
    await tabTo(page, (text) => text.startsWith('MIRZA, Samina') && text.includes('(EICT)'));
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Your organisation’s answer' }).waitFor();
    await tabTo(page, (text) => text === 'Accept it');
    await page.keyboard.press('Enter');
    await tabTo(page, (text) => text === 'Accept');
    expect(await faultsAtAnyWidth(page)).toEqual([]);
    const lost = await loseAnswer(page, '**/fhir/Task');
    await page.route('**/fhir/Task/_search', (route) => route.abort(), { times: 1 });
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Accept', exact: true }).and(page.locator(':not([aria-disabled=true])')).waitFor();
    await page.getByText(/The gateway did not answer/).first().waitFor();
    expect(await lost()).toBe(201);
    await page.getByRole('button', { name: 'Accept', exact: true }).press('Enter');
    await page.getByText(/^Answered: Accepted/).waitFor();
    const [written] = await gateway.database.query<{ n: number }>(`select count(*)::int as n from citizen_row r join citizen_version v on v.citizen_id = r.citizen_id and v.id = r.id where r.type = 'Task' and v.body like '%viewer-answer%' and v.body like '%Answer to a referral%' and v.body like '%"accepted"%'`);
    expect(written?.n).toBe(1);
    await tabTo(page, (text) => text === 'Referrals');
    await page.keyboard.press('Enter');
    await page.getByRole('listitem').filter({ hasText: /Accepted \d\d-/ }).first().waitFor();
  });

  it('the nurse closes it with what came of it, hands another on, and does not accept a third', async () => {
    const { page } = visits.at(-1) ?? (await arrive());
    const again = async (): Promise<void> => {
      await page.getByRole('link', { name: 'Referrals', exact: true }).first().click();
      await page.locator('.os-item--look').first().waitFor();
      await settled(page);
    };
    await page.getByRole('listitem').filter({ hasText: /Accepted \d\d-/ }).first().getByRole('link').first().click();
    await page.getByRole('button', { name: 'Record what came of it' }).click();
    await page.getByLabel('What came of it?').selectOption('managed-at-home');
    await page.getByRole('button', { name: 'Record it' }).click();
    await page.getByText(/^Answered: Managed at home/).waitFor();
    await again();
    await page.locator('.os-item--look').first().getByRole('link').first().click();
    await page.getByRole('button', { name: 'Hand it on' }).click();
    await page.getByLabel('To whom').selectOption({ index: 1 });
    await page.getByLabel('What you ask them for').fill('Please take over');
    expect(await faultsWhenNarrow(page)).toEqual([]);
    const lost = await loseAnswer(page, '**/fhir');
    await page.route('**/fhir/Task/_search', (route) => route.abort(), { times: 1 });
    await page.getByRole('button', { name: 'Hand it on' }).click();
    await page.getByRole('button', { name: 'Hand it on' }).and(page.locator(':not([aria-disabled=true])')).waitFor();
    await page.getByText(/The gateway did not answer/).first().waitFor();
    expect(await lost()).toBe(200);
    await page.getByLabel('To whom').selectOption({ index: 2 });
    await page.getByRole('button', { name: 'Hand it on' }).click();
    await page.getByText(/^It had been recorded already/).waitFor(); // to whom it went first
    await page.getByText(/^Answered: Signposted elsewhere/).waitFor();
    expect(await page.getByText(/^Handed on to/).count()).toBe(0);
    await again();
    await page.locator('.os-item--look').first().getByRole('link').first().click();
    await page.getByRole('button', { name: 'Do not accept it' }).click();
    await page.getByLabel('Why not').fill('Not in our area');
    await page.getByRole('button', { name: 'Send the answer' }).click();
    await page.getByText(/^Answered: Not accepted/).waitFor();
  });

  keyboardJourneys(() => ({ gateway, visit: () => visit(browser) }));
  describe('every screen', () => { everyRouteCases(() => ({ gateway, visit: () => visit(browser) })); });

  it('nobody\'s browser asked anybody but this gateway, met an error, or had an identifier in an address', () => {
    expect(visits.length).toBe(6);
    for (const { requested, complaints: all } of visits) {
      const complaints = all.filter((text) => !/status of 404.*\/(fhir\/Patient\/|governance\/linkage-run)|status of 400.*\/what-if|ERR_FAILED.*\/fhir(\/(Task|Consent|ServiceRequest)|$)/.test(text)); // nobody there any more, links never compared, or no agreement yet, is an answer; answers were kept from the nurse and the doctor
      expect(elsewhere(requested, gateway.url)).toEqual([]);
      expect(complaints).toEqual([]);
      expect(requested.filter((url) => /999\D{0,3}\d{3}\D{0,3}\d{4}|okafor|rahman|haddad/i.test(url))).toEqual([]);
    }
  });
});
