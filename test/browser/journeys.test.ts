import { openEmptyPglite } from '../databases.ts';
import type { Browser } from 'playwright-core';
import { personAt } from '../../src/demo/generate-people.ts';
import { castIndex } from '../../src/demo/cast.ts';
import { citizenOf, objectionOf, people } from '../flow/whole-record.ts';
import { startGateway, type Gateway } from '../gateway.ts';
import { desktop, elsewhere, faultsAtAnyWidth, isInSight, openBrowser, settled, visit, type Visit } from './visit.ts';

/** The journeys people make from the start page to their answer, one after the other on one gateway, as in a working day. */
describe('from the start page', () => {
  let gateway: Gateway;
  let browser: Browser;
  const visits: Visit[] = [];
  const objected = personAt({ seed: 2018, citizens: 12 }, castIndex('objected')).nhsNumber ?? '';
  const unknown = '9991000046';

  beforeAll(async () => {
    gateway = await startGateway(await openEmptyPglite(), { citizens: 12 });
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
      await page.getByRole('link', { name: 'OKAFOR, Alice (Mrs)' }).click(); // 4
      await page.getByText('Where now').first().waitFor();
      await settled(page);
      expect(await page.title()).toMatch(/OneStory/);
    });

    it('sees for whom and why they act', async () => {
      expect(await here.page.getByText('Dr Leila Haddad, Doctor').isVisible()).toBe(true);
      expect(await here.page.getByText('Acting for University Hospitals Birmingham NHS Foundation Trust · Purpose: Direct care').isVisible()).toBe(true);
    });

    it.each([
      ['who she is', ['OKAFOR, Alice (Mrs)', '11-Feb-1938', '999 000 0743', 'Female']],
      ['where she is', ['No stay in hospital or a bed is recorded as going on now.', 'Moseley Hall Ward One']],
      ['what the plan is', ['Intermediate care plan', /Two visits a week, outdoor walking/]],
      ['whom to phone', ['Sahota, Jaspal', '0121 496 0210', 'The Example Practice', '0121 496 0601', '07700 900123']],
    ])('sees %s without scrolling', async (_what, texts) => {
      for (const text of texts) expect([text, await isInSight(here.page, text)]).toEqual([text, true]);
    });

    it('finds an entry by what it says, with who said it, and opens its details and versions', async () => {
      const { page } = here;
      const timeline = page.locator('[data-section="timeline"]');
      await timeline.getByRole('textbox').fill('Moseley');
      expect(await timeline.locator('.os-event').filter({ hasNotText: 'Moseley' }).count()).toBe(0);
      const entry = timeline.getByRole('listitem').filter({ hasText: 'Moseley Hall' }).filter({ hasText: 'Community RiO' }).first();
      await entry.getByRole('link').first().click();
      await settled(page);
      expect(page.url()).toMatch(/\/app\/person\/[\w-]+\/\w+\/[\w-]+$/);
      const text = await page.innerText('main');
      for (const part of ['Birmingham Community Healthcare NHS Foundation Trust', 'Community RiO', 'Version']) expect(text).toContain(part);
      expect(await faultsAtAnyWidth(page)).toEqual([]);
      await page.goBack();
      await settled(page);
    });

    it('reads who tells of an event, and opens it to what each says and by which rule', async () => {
      const { page } = here;
      const timeline = page.locator('[data-section="timeline"]');
      await timeline.getByRole('textbox').fill('left w12 council');
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

    it('has no fault on the way that axe can find, wide or narrow', async () => {
      const { page } = here;
      expect(await faultsAtAnyWidth(page)).toEqual([]);
      await page.getByRole('link', { name: 'Find a person' }).click();
      await settled(page);
      expect(await faultsAtAnyWidth(page)).toEqual([]);
    });

    it('is told what is wrong with a number, and may paste it anyhow', async () => {
      const { page } = here;
      for (const [typed, told] of [['999 000 0744', /check/i], ['999 000 074', /9 digits|10 digits/], ['QQ 12 34 56 C', /National Insurance/], ['', /NHS number/]] as const) {
        await page.getByLabel('NHS number', { exact: true }).fill(typed);
        await page.keyboard.press('Enter');
        expect(await page.getByRole('alert').first().innerText()).toMatch(told);
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
      expect(await faultsAtAnyWidth(page)).toEqual([]);
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
      expect(await faultsAtAnyWidth(page)).toEqual([]);
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
      await page.getByText('Dr Leila Haddad').first().waitFor();
      await settled(page);
      expect(await page.innerText('main')).not.toMatch(/Sukhdev Bains/);
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
      expect(await faultsAtAnyWidth(page)).toEqual([]);
      await page.getByRole('link', { name: /Early Intervention/i }).first().click();
      await page.getByText('Birmingham City Council').first().waitFor();
      await settled(page);
      expect(await faultsAtAnyWidth(page)).toEqual([]);
    });
  });

  describe('the community nurse, with a keyboard only', () => {
    it('reaches Abdul and opens an entry', async () => {
      const { page } = await arrive();
      const focused = (): Promise<string> => page.evaluate('(document.activeElement?.textContent ?? "").trim()');
      const label = (): Promise<string> => page.evaluate('document.activeElement?.labels?.[0]?.textContent?.trim() ?? ""');
      const tabTo = async (wanted: (text: string) => boolean, of = focused): Promise<void> => {
        for (let presses = 0; presses < 80; presses += 1) {
          await page.keyboard.press('Tab');
          if (wanted(await of())) return;
        }
        throw new Error(`never focused; last was ${await of()}`);
      };
      await tabTo((text) => text === 'I am a community nurse');
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { name: 'Find a person', level: 1 }).waitFor();
      await tabTo((text) => text === 'NHS number', label);
      await page.keyboard.type('9990000379');
      await page.keyboard.press('Enter');
      await page.getByRole('link', { name: /RAHMAN, Abdul/ }).waitFor();
      await tabTo((text) => text.includes('RAHMAN, Abdul'));
      await page.keyboard.press('Enter');
      await page.getByText('Where now').first().waitFor();
      await settled(page);
      await tabTo((text) => text.startsWith('Rehabilitation care plan'));
      const outline = await page.evaluate('(() => { const style = getComputedStyle(document.activeElement); return style.outlineStyle !== "none" || style.boxShadow !== "none" || style.backgroundColor === "rgb(255, 235, 59)"; })()');
      expect(outline).toBe(true);
      await page.keyboard.press('Enter');
      await settled(page);
      expect(page.url()).toMatch(/\/CarePlan\//);
    });
  });

  it('nobody\'s browser asked anybody but this gateway, met an error, or had an identifier in an address', () => {
    expect(visits.length).toBe(5);
    for (const { requested, complaints } of visits) {
      expect(elsewhere(requested, gateway.url)).toEqual([]);
      expect(complaints).toEqual([]);
      expect(requested.filter((url) => /999\D{0,3}\d{3}\D{0,3}\d{4}|okafor|rahman|haddad/i.test(url))).toEqual([]);
    }
  });
});
