import { sayName } from '../fhir/say-name.ts';
import { alerts } from './alerts.ts';
import { comingNext } from './coming-next.ts';
import { notTracedUrl } from './compose-extensions.ts';
import { joinWords } from './concept-words.ts';
import { coordinatedPlans, type CoordinatedPlan } from './coordinated-plan.ts';
import { disagreements } from './disagreements.ts';
import { notRecorded } from './empty-reason.ts';
import { sayDate } from './say-date.ts';
import { sayPlan, saySigned, whatMatteredBefore, whatMatters } from './say-plans.ts';
import { sayReferrals } from './say-referrals.ts';
import { say, type Statement } from './statement.ts';
import { witnessesOf, type StoryFacts } from './story-facts.ts';
import { toldOnce } from './told-once.ts';
import { whatHappened, type ToldThread } from './what-happened.ts';
import { whereNow } from './where-now.ts';
import { whoToTalkTo } from './who-to-talk-to.ts';

/** Lines that belong together: one plan, one disagreement. Without a title they are the section's own. */
export interface Group {
  code: string;
  title?: string;
  statements: readonly Statement[];
  /** what the lines were composed into */
  reference?: string;
}

export interface Section {
  /** CodeSystem story-item */
  code: string;
  title: string;
  groups: Group[];
  /** what is said where there is no line: nothing recorded, or nothing found by looking */
  empty?: { reason: 'unavailable' | 'nilknown'; text: string };
}

/** The whole story in the order somebody reads it, and the plans and threads that were composed for it. */
export function tellStory(facts: StoryFacts): { sections: Section[]; plans: CoordinatedPlan[]; threads: ToldThread[] } {
  const plans = coordinatedPlans(facts);
  const { threads, older } = whatHappened(facts);
  const own = (code: string, title: string, statements: readonly Statement[]): Section => ({ code, title, groups: statements.length === 0 ? [] : [{ code, statements }], empty: notRecorded });
  return { plans, threads, sections: [
    own('who', 'Who this is about', who(facts)),
    own('where-now', 'Where now', whereNow(facts)),
    own('who-to-talk-to', 'Who to talk to', whoToTalkTo(facts)),
    { code: 'plan', title: 'Coordinated plan', groups: planGroups(facts, plans), empty: notRecorded },
    own('coming-next', 'What is coming', comingNext(facts)),
    own('alerts', 'Alerts', alerts(facts)),
    own('told-once', 'Told once', toldOnce(facts)),
    own('referrals', 'Referrals and what became of them', sayReferrals(facts)),
    { code: 'what-happened', title: 'What happened', groups: threadGroups(threads, older), empty: notRecorded },
    {
      code: 'disagreements', title: 'Where the record does not agree', empty: { reason: 'nilknown', text: 'What you may see does not contradict itself.' },
      groups: disagreements(facts).map(({ title, said }) => ({ code: 'disagreement', title, statements: said })),
    },
    { code: 'not-shown', title: 'What is not shown', groups: [{ code: 'not-shown', statements: facts.notices.map(({ kind, text }) => say(kind, text)) }] },
  ] };
}

function planGroups(facts: StoryFacts, plans: readonly CoordinatedPlan[]): Group[] {
  const [matters, signed] = [[...whatMatters(facts), ...whatMatteredBefore(facts)], saySigned(facts)];
  return [
    ...(matters.length === 0 ? [] : [{ code: 'what-matters', title: 'What matters to the person', statements: matters }]),
    ...plans.map((each) => ({ code: 'plan', title: each.plan.title ?? '', statements: sayPlan(facts, each), reference: `urn:uuid:${each.plan.id ?? ''}` })),
    ...(signed.length === 0 ? [] : [{ code: 'signed-document', title: 'Signed documents, beside the plan', statements: signed }]),
  ];
}

function threadGroups(threads: readonly ToldThread[], older: boolean): Group[] {
  return [
    ...threads.map(({ title, statements, list }): Group => (list ? { code: 'thread', title, statements, reference: `urn:uuid:${list.id}` } : { code: 'event', statements })),
    ...(older ? [{ code: 'older-events', statements: [say('older-events', 'What happened before is in the timeline')] }] : []),
  ];
}

const nhsNumber = 'https://fhir.nhs.uk/Id/nhs-number';

function who(facts: StoryFacts): Statement[] {
  const { name = [], birthDate, identifier = [], gender, telecom = [], extension = [] } = facts.patient;
  const witnessed = (text: string, id: string | undefined): Statement => say('identity', text, ...witnessesOf(facts, id ?? ''));
  return [
    ...name.map((each) => witnessed(`Name: ${sayName(each.text ?? joinWords([each.prefix?.join(' '), each.given?.join(' '), each.family], ' '))}${each.use === 'usual' || each.use === 'nickname' ? ', as the person is called' : ''}`, each.id)),
    ...(birthDate === undefined ? [] : [witnessed(`Born ${sayDate(birthDate)}`, 'birthDate')]),
    ...(gender === undefined ? [] : [witnessed(`Gender: ${gender}`, 'gender')]),
    ...identifier.filter(({ system }) => system === nhsNumber).map(({ value, id }) => witnessed(`NHS number ${value ?? ''}`, id)),
    ...(extension.some(({ url }) => url === notTracedUrl) ? [say('identity', 'No NHS number of theirs is traced: nobody checked one against the national record')] : []),
    ...telecom.filter(({ value, use }) => value !== undefined && use !== 'old').map(({ system, value, id }) => witnessed(`${system === 'email' ? 'Email' : 'Phone'} ${value ?? ''}`, id)),
  ];
}
