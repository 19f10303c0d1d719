import { join } from 'node:path';
import { loadStoryRule } from '../../src/intake/story-rule-file.ts';
import type { StoryRule } from '../../src/story/event-types.ts';

/** The table this repository ships. */
export function shippedStoryRule(): StoryRule {
  const loaded = loadStoryRule(join(import.meta.dirname, '../../mappings'));
  if ('problems' in loaded) throw new Error(JSON.stringify(loaded.problems));
  return loaded.rule;
}
