import { describeRule } from '../../../src/consent/explain.ts';
import { citationIn } from '../../../src/viewer/governance/citation.ts';

const names = { organisations: new Map<string, string>(), agreements: new Map([['a/1.0', 'Early "one team" (pilot) agreement']]) };
const cited = { agreement: 'a', version: '1.0', clause: '4.1' };

describe('the clause in the gateway’s sentence', () => {
  test('is found in the words the gateway writes, at the beginning', () => {
    const { sentence } = describeRule({ kind: 'open', ...cited, notice: 'generic' }, names);
    expect(citationIn({ sentence, ...cited })).toEqual({ before: '', citation: 'Clause 4.1 of "Early "one team" (pilot) agreement" (version 1.0)', after: ' shares this with this role for this purpose.' });
  });

  test('and in the middle', () => {
    const { sentence } = describeRule({ kind: 'none', reason: 'category', ...cited, notice: 'none' }, names);
    expect(citationIn({ sentence, ...cited })).toMatchObject({ before: 'No clause shares this sort of information with this organisation; the nearest is ', after: '.' });
  });

  test.each([['4.1', 'Clause 4x1 of "A" (version 1.0) shares this.'], ['4.1', 'The person has objected.'], ['4.1', 'Clause 4.1 of "A" (version 2.0) shares this.']])('is not taken for another one', (clause, sentence) => {
    expect(citationIn({ sentence, clause, version: '1.0' })).toEqual({ before: sentence, citation: undefined, after: '' });
  });
});
