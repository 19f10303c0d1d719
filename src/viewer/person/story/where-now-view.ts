import type { ToldSection } from './read-told-story.ts';
import { linesOf, type LineView } from './told-once-view.ts';
import type { TimelineEntry } from '../timeline/timeline-view.ts';

/** A place as the story tells it. */
export interface PlaceView extends LineView {
  /** `25-Nov-2026: expected to leave …`, where the same record says so */
  expected: string | undefined;
}

export interface WhereNow {
  places: PlaceView[];
  /** whether the story says that the person is in a bed */
  inBed: boolean;
  died: boolean;
  /** organisations say different things */
  contradicted: boolean;
}

/** The sections `where-now` and `coming-next` of the story: nothing is worked out here, so that the screen and the API agree. */
export function whereNow(place: ToldSection, coming: ToldSection): WhereNow {
  const expected = coming.lines.filter(({ code }) => code === 'expected-end');
  const places = place.lines.filter(({ code }) => code !== 'place-contradiction');
  return {
    places: linesOf({ ...place, lines: places }).map((line) => ({ ...line, expected: expected.find(({ said }) => said.some(({ version }) => line.record !== undefined && version.startsWith(`${line.record}/`)))?.text })),
    inBed: places.some(({ code }) => code === 'place'), died: places.some(({ code }) => code === 'died'), contradicted: places.length < place.lines.length,
  };
}

/** The stay that ended last, of events newest first. */
export function lastStayIn(entries: readonly TimelineEntry[]): TimelineEntry | undefined {
  return entries.find(({ kind, stateCode }) => kind === 'stay' && stateCode === 'ended');
}

/** Episodes of care that go on. */
export function careIn(entries: readonly TimelineEntry[]): TimelineEntry[] {
  return entries.filter(({ kind, stateCode }) => kind === 'episode' && stateCode === 'active');
}
