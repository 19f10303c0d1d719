import type { ContactPoint, Resource } from '@medplum/fhirtypes';
import { formatContactUse } from '../../format.ts';
import type { Line, ToldSection } from './read-told-story.ts';
import { resourceAt, type Story } from './story.ts';
import { lineOf, type LineView } from './told-once-view.ts';

export interface Phone {
  /** exactly as recorded */
  number: string;
  use: string | undefined;
}

/** Somebody to ring, as the story tells it. */
export interface ContactView extends LineView {
  /** the beginning of the line that is a name */
  name: string;
}

export interface WhoToTalkTo {
  /** coordinators, teams, services and the practice, in the order the story has them */
  services: ContactView[];
  family: ContactView[];
  /** whom to ring when nobody of these answers, as the plan says it */
  outOfHours: string[];
}

/** The section `who-to-talk-to` of the story, the key contacts of `told-once`, and what `plan` says of the hours outside theirs. */
export function whoToTalkTo(who: ToldSection, once: ToldSection, plan: ToldSection, story: Pick<Story, 'resources'>): WhoToTalkTo {
  return {
    services: who.lines.map((line) => contactOf(line, story)),
    outOfHours: [...new Set(plan.groups.flatMap(({ lines }) => lines).filter(({ code }) => code === 'contact-out-of-hours').map(({ text }) => text))],
    family: once.lines.filter(({ code }) => code === 'key-contact').map((line) => contactOf(line, story)),
  };
}

/** Whom to ring first: the first of each sort before a second of any. */
export function firstToRing({ services, family }: Pick<WhoToTalkTo, 'services' | 'family'>): ContactView[] {
  const first = new Map([...services].reverse().map((contact) => [contact.code, contact]));
  return [...services.filter((contact) => first.get(contact.code) === contact), ...family.slice(0, 1)];
}

function contactOf(line: Line, story: Pick<Story, 'resources'>): ContactView {
  const view = lineOf(line);
  const record = resourceAt(story, view.record);
  return { ...view, name: nameIn(view.text, record) };
}

/** `Sahota, Jaspal, care coordinator, …` begins with the name of a member of the team it is about. */
function nameIn(text: string, record: Resource | undefined): string {
  const names = record?.resourceType === 'CareTeam' ? [...(record.participant ?? []).flatMap(({ member }) => member?.display ?? []), record.name ?? ''] : [];
  const found = names.filter((name) => name !== '' && text.startsWith(name)).sort((a, b) => b.length - a.length)[0];
  return found ?? /^[^,]*/.exec(text)?.[0] ?? '';
}

export function phonesOf(points: readonly ContactPoint[] | undefined): Phone[] {
  return (points ?? []).filter(({ system, value, use }) => value !== undefined && use !== 'old' && (system === undefined || system === 'phone' || system === 'sms'))
    .map(({ value, use }) => ({ number: value ?? '', use: formatContactUse(use) }));
}
