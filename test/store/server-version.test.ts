import { isOutdated } from '../../src/store/server-version.ts';

it.each([[140_019, true], [150_013, true], [150_014, false], [160_009, true], [160_010, false], [170_005, true], [170_006, false], [180_000, false]])('PostgreSQL %i: outdated %s', (version, outdated) => {
  expect(isOutdated(version)).toBe(outdated);
});
