import { cityRecords } from '../../bench/linkage/city.ts';
import { learnFromPeople } from '../../bench/linkage/learn-from-people.ts';
import { pairsSharing } from '../../bench/linkage/people-pairs.ts';
import { publicSets } from '../../bench/linkage/public-sets.ts';
import { scoreLinks } from '../../bench/linkage/score-links.ts';
import { pairGrader } from '../../src/linkage/grade-pair.ts';
import { likenessKeys } from '../../src/linkage/likeness-keys.ts';
import { jaroWinkler, oneEditApart, soundKey } from '../../src/linkage/string-likeness.ts';
import { sharedSamples } from '../shared-data.ts';
import { shippedRule } from './shipped-rule.ts';

describe('likeness of texts', () => {
  it('is Jaro-Winkler as its author gives it', () => {
    const published: [string, string, number][] = [['martha', 'marhta', 0.9611], ['dwayne', 'duane', 0.84], ['dixon', 'dicksonx', 0.8133], ['', 'a', 0], ['same', 'same', 1]];
    for (const [x, y, expected] of published) {
      expect(jaroWinkler(x, y)).toBeCloseTo(expected, 4);
      expect(jaroWinkler(y, x)).toBeCloseTo(expected, 4);
    }
  });

  it('knows one mistake, and how a name sounds', () => {
    expect([['anna', 'anan'], ['ann', 'anna'], ['anna', 'ennas'], ['', 'a']].map(([x = '', y = '']) => oneEditApart(x, y))).toEqual([true, true, false, true]);
    expect(soundKey('clarke')).toBe(soundKey('clark'));
    expect(soundKey('mohammed')).toBe(soundKey('muhammad'));
    expect(soundKey('smith')).not.toBe(soundKey('jones'));
  });
});

it('weights learned from a city nobody labelled tell its people apart', () => {
  const records = [...cityRecords(5, 1_500)];
  const people = records.map(({ facts: { nhsNumber: _, nhsNumberStatus: __, ...rest } }) => rest);
  const rule = { ...shippedRule(), ...learnFromPeople(people, 5) };
  for (const field of ['given', 'family', 'birthDate', 'address', 'phone', 'email'] as const) {
    const { same, other } = rule.weights[field];
    expect([field, (same?.m ?? 0) > 0.3, (same?.u ?? 1) < 0.05, (other?.m ?? 1) < 0.65, (other?.u ?? 0) > 0.8]).toEqual([field, true, true, true, true]);
  }
  const grade = pairGrader(rule);
  const links = [...pairsSharing(people, likenessKeys, 60)].filter(([i, j]) => grade(people[i] ?? people[0]!, people[j] ?? people[0]!).grade === 'certain');
  const score = scoreLinks(records.map(({ person }) => `${person}`), links);
  expect([score.precision, score.recall > 0.8]).toEqual([1, true]);
});

sharedSamples('febrl/dataset1.csv').it('FEBRL 1 is told apart without its numbers', () => {
  const { people, truth } = publicSets().sets.find(({ name }) => name === 'febrl1') ?? { people: [], truth: [] };
  const grade = pairGrader({ ...shippedRule(), ...learnFromPeople(people, 1) });
  const links = [...pairsSharing(people, likenessKeys, 60)].map(([i, j]) => ({ pair: [i, j] as const, found: grade(people[i] ?? people[0]!, people[j] ?? people[0]!).grade }));
  expect(scoreLinks(truth, links.filter(({ found }) => found !== 'certainly-not').map(({ pair }) => pair)).f1).toBeGreaterThan(0.98);
  expect(links.filter(({ pair: [i, j], found }) => found === 'certain' && truth[i] !== truth[j])).toEqual([]);
});
