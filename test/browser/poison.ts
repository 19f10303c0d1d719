import type { Page } from 'playwright-core';

/** What is put behind every text: it would run as a script, as an image that fails, as a handler, and in an attribute. */
const payload = '<script>window.ran=1</script><img src=x onerror=window.ran=1><b onclick=window.ran=1>"\' onmouseover=window.ran=1 x=\'';

/** Names of what a program reads, not a person: identifiers, codes, dates, addresses of the interface. */
const structural = /^(?:resourceType|id|url|fullUrl|system|reference|code|status|use|type|unit|versionId|lastUpdated|source|profile|relation|mode|method|intent|priority|kind|state|role|purpose|scopes|rule|outcome|category|effect|interaction|severity|expression|valueCode|valueUri|valueUrl|valueCanonical|gender|language|contentType|data|hash|feed|key|organisation|citizen|client|signal|sha256|root|origin|note|target|path|field|custodian|recipient|clause|number|version|of|mark|boundary|relationship|consentBasis|labels|notice|from|to|cursor|next|candidate)$/;
/** Values that are no words: numbers and dates, ids, addresses, references. */
const notText = /^(?:\d|[0-9a-f]{8}-|https?:|urn:|[A-Z][A-Za-z]+\/|[A-Z]{2}-|$)/;

/** From now on every string of the gateway's answers that is shown to people ends with the payload, in whatever this window opens: where the viewer reads them. `window.poisoned` counts them. */
export async function poisonAnswers(page: Page): Promise<void> {
  await page.addInitScript(`(() => {
    const [structural, notText, payload] = [${String(structural)}, ${String(notText)}, ${JSON.stringify(payload)}];
    window.poisoned = 0;
    const poison = (value, name) => {
      if (Array.isArray(value)) return value.map((each) => poison(each, name));
      if (typeof value === 'object' && value !== null) return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, key === 'value' && String(value.system).includes(':') ? each : poison(each, key)])); // an identifier is compared, not read
      if (typeof value !== 'string' || structural.test(name) || notText.test(value)) return value;
      window.poisoned += 1;
      return value + payload;
    };
    const { text } = Response.prototype;
    Response.prototype.json = async function () { return poison(JSON.parse(await text.call(this)), ''); };
  })()`);
}

/** Asked in the page: what became of it; `text` where nothing ran, no element was made, and it stands there to be read; `absent` where no word of an answer does. */
export const traces = `(() => {
  const made = [...document.querySelectorAll('#viewer script, #viewer img, #viewer b, #viewer [onclick], #viewer [onerror], #viewer [onmouseover]')].map((each) => each.outerHTML.slice(0, 80));
  if (window.ran !== undefined) return 'it ran';
  if (made.length > 0) return made.join(' ');
  return document.querySelector('main').textContent.includes('<script>window.ran=1</script>') ? 'text' : 'absent';
})()`;
