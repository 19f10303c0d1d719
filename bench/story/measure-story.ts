import { loadDefinitions } from '../../src/fhir/definitions.ts';
import { findEvents } from '../../src/story/events.ts';
import { shippedStoryRule } from '../../test/story/shipped-story-rule.ts';
import type { Print } from '../settings.ts';
import type { World } from '../world.ts';
import { demoStories, type DemoStory } from './demo-stories.ts';
import { growCitizens } from './grow-citizens.ts';
import { measureUpkeep } from './measure-upkeep.ts';
import { measureWhole } from './measure-whole.ts';
import { noWitnesses, precisionOf, recallOf, scoreStory, witnessed, type WitnessScore } from './score-witnesses.ts';

/** Other people than those of the demo and of the tests. */
const seed = 1897;
/** The first are written by hand. */
const first = 10;
const people = 2000;

/** How well events are found where it is known what they are, and what telling them costs. */
export async function measureStory(world: World, print: Print): Promise<void> {
  await measureWitnesses(world, print);
  const grown = await growCitizens(world);
  await measureWhole(world, print, grown, 'timeline');
  await measureWhole(world, print, grown, 'story');
  await measureUpkeep(world, print, grown);
}

async function measureWitnesses({ say }: World, print: Print): Promise<void> {
  loadDefinitions();
  const rule = shippedStoryRule();
  say(`mapping what the partners say of ${people} people …`);
  const stories: DemoStory[] = [];
  for await (const story of demoStories(seed, first, first + people)) stories.push(story);
  const score = stories.reduce((before, story) => scoreStory(before, seed, story, rule), noWitnesses);
  const sum = (part: keyof WitnessScore): number => witnessed.reduce((all, kind) => all + score[kind][part], 0);
  const all: WitnessScore = { right: sum('right'), wrong: sum('wrong'), missed: sum('missed') };
  for (const [name, of] of [['witness', all] as const, ...witnessed.map((kind) => [`witness.${kind}`, score[kind]] as const)]) {
    print(`story.${name}.precision`, precisionOf(of), 'share', undefined, { of: 'value', atLeast: 0.99 });
    print(`story.${name}.recall`, recallOf(of), 'share', undefined, { of: 'value', atLeast: 0.95 });
  }
  const records = stories.reduce((count, { rows }) => count + rows.length, 0);
  const started = performance.now();
  for (const { rows } of stories) findEvents(rows, [], rule);
  print('story.events.speed', records / ((performance.now() - started) / 1000), 'records/s');
}
