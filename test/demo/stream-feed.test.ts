import { demoFiles } from '../../src/demo/demo-files.ts';
import { generatePeople } from '../../src/demo/generate-people.ts';
import { streamFeed } from '../../src/demo/stream-feed.ts';
import { heapAfterCollection } from '../heap.ts';

const mebibyte = 1024 * 1024;

describe('streaming a feed about many people', () => {
  it('keeps memory flat over 100,000 people', () => {
    let count = 0;
    let before = 0;
    for (const person of generatePeople({ seed: 1, citizens: 100_000 })) {
      if (person.index === 5_000) before = heapAfterCollection();
      count++;
    }
    expect(count).toBe(100_000);
    expect(heapAfterCollection() - before).toBeLessThan(16 * mebibyte);
  });

  it('writes chunks of whole records and never a long one', () => {
    let length = 0;
    let messages = 0;
    for (const chunk of streamFeed('uhb-adt', '', { seed: 1, citizens: 3_000 })) {
      expect(chunk.startsWith('MSH|')).toBe(true);
      expect(chunk.endsWith('\r')).toBe(true);
      length = Math.max(length, chunk.length);
      messages += chunk.split('MSH|').length - 1;
    }
    expect(length).toBeLessThan(100_000);
    expect(messages).toBeGreaterThan(10_000);
  });

  it.each([['bchc-rio', 'referral'], ['bsmhft-rio', 'client']])('gives %s/%s as the demo file of the same people', (feed, part) => {
    const options = { seed: 1, citizens: 120 };
    const file = [...demoFiles(options)].find((one) => one.feed === feed && one.part === part);
    expect([...streamFeed(feed, part, options)].join('')).toBe(file?.content);
  });

  it('gives the referrals of the demo files of the same people, person by person', () => {
    const options = { seed: 1, citizens: 120 };
    const messagesOf = (text: string): string[] => text.split(/(?=MSH\|)/).sort();
    const inFiles = [...demoFiles(options)].filter(({ feed }) => feed === 'uhb-ref').map(({ content }) => content).join('');
    expect(messagesOf([...streamFeed('uhb-ref', '', options)].join(''))).toEqual(messagesOf(inFiles));
  });

  it.each([['uhb-adt', 'client'], ['uhb-ref', 'client'], ['bchc-rio', ''], ['bchc-rio', 'toString'], ['bcc-rio', 'client'], ['wmas', '']])('refuses %s/%s', (feed, part) => {
    expect(() => [...streamFeed(feed, part, { seed: 1, citizens: 1 })]).toThrow(RangeError);
  });
});
