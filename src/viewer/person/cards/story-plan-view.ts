import type { LineGroup, ToldSection } from '../story/read-told-story.ts';
import { lineOf, planChange, type LineView } from '../story/told-once-view.ts';

/** Lines of the plan section that belong together: what matters, one programme's plan, or the signed documents. */
export interface PlanGroup {
  code: string;
  title: string;
  lines: LineView[];
}

/** What a card has room for, the most telling first. */
const inShort = ['what-matters', 'plan-reason', 'plan-activity', 'plan-review-overdue', 'plan-review', 'contact-in-hours', planChange];

/** The coordinated plan as the story tells it. */
export function planGroupsOf({ groups }: ToldSection): PlanGroup[] {
  return groups.map(({ code, title, lines }) => ({ code, title: titleOf(title), lines: lines.map(lineOf) }));
}

/** A plan's title says that it is the coordinated one; under a heading that says so, the programme is enough. */
function titleOf(title: string): string {
  return title.replace(/^Coordinated plan: /, '');
}

/** The first of each sort of line before a second of any, at most `most`; what is signed is counted. */
export function shortened({ code, lines }: PlanGroup, most: number): LineView[] {
  if (code === 'signed-document') return lines.filter(({ ended }) => !ended).slice(0, most);
  const found = inShort.flatMap((sort) => lines.filter((line) => line.code === sort));
  const firsts = found.filter((line, at) => found.findIndex((other) => other.code === line.code) === at);
  return [...firsts, ...found.filter((line) => !firsts.includes(line))].slice(0, most).sort((a, b) => inShort.indexOf(a.code) - inShort.indexOf(b.code));
}

/** `signed-document` lines, those in force first. */
export function documentsIn(groups: readonly LineGroup[]): LineView[] {
  return groups.filter(({ code }) => code === 'signed-document').flatMap(({ lines }) => lines.map(lineOf));
}

