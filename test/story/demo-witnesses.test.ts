import { demoStories } from '../../bench/story/demo-stories.ts';
import { noWitnesses, precisionOf, recallOf, scoreStory } from '../../bench/story/score-witnesses.ts';
import { loadDefinitions } from '../../src/fhir/definitions.ts';
import { shippedStoryRule } from './shipped-story-rule.ts';

const seed = 7;

it('what the demo\'s partners tell of one event is found, and hardly anything else', async () => {
  loadDefinitions();
  const rule = shippedStoryRule();
  let score = noWitnesses;
  for await (const story of demoStories(seed, 10, 160)) score = scoreStory(score, seed, story, rule);
  for (const part of [score.referral, score.discharge, score.stay, score.plan]) {
    expect(part.right).toBeGreaterThan(40);
    expect(precisionOf(part)).toBeGreaterThanOrEqual(0.99);
    expect(recallOf(part)).toBeGreaterThanOrEqual(0.95);
  }
});
