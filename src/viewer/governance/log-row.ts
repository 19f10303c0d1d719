import type { AuditEvent, AuditEventAgent, AuditEventEntity } from '@medplum/fhirtypes';
import { formatMoment, wordsOf } from '../format.ts';
import { strings } from '../strings.ts';
import { lookActionOf, type LookAction, type LookKind } from './log-action.ts';

export type Outcome = 'shown' | 'nothing-shown' | 'accepted' | 'refused' | 'failed';

/** One reason the gateway gave, in its own words, with the clause it stands on. */
export interface LogDecision {
  effect: 'permit' | 'deny';
  rule: string | undefined;
  agreement: string | undefined;
  version: string | undefined;
  clause: string | undefined;
  sentence: string;
  count: number | undefined;
}

export interface KeptBack {
  category: string;
  /** as logged: `5 of RXT` */
  text: string;
  count: number | undefined;
  /** code of the organisation whose information it is */
  of: string | undefined;
}

/** An entry of the access log as the screen and the export tell it. */
export interface LogRow {
  id: string;
  /** instant, as recorded */
  at: string;
  kind: LookKind;
  /** nobody is named: a system asked by itself */
  bySystem: boolean;
  person: string | undefined;
  role: string | undefined;
  organisation: string | undefined;
  client: string | undefined;
  action: string;
  purpose: string | undefined;
  /** somebody looked who had emergency access to the record */
  underEmergency: boolean;
  outcome: Outcome;
  /** why it was refused or failed, where no decision says it */
  reason: string | undefined;
  sentence: string;
  /** ids, in the order of the entry */
  citizens: string[];
  decisions: LogDecision[];
  keptBack: KeptBack[];
  details: { requestId: string | undefined; query: string | undefined; status: string | undefined; versions: string[]; emergencies: string[]; custodians: string[]; address: string | undefined; token: string | undefined };
}

const says = strings.whoLooked.sentence;

/** What happened, as one sentence that can be read aloud, with everything it rests on. */
export function logRowOf(event: AuditEvent): LogRow {
  const entities = event.entity ?? [];
  const request = entities.find((entity) => entity.type?.code === 'XrequestId');
  const query = detailOf(request, 'query');
  const look = lookActionOf(detailOf(request, 'interaction') ?? event.subtype?.at(-1)?.code ?? '', query ?? '', detailOf(request, 'code'));
  const citizens = unique(entities.filter(({ role }) => role?.code === '1').flatMap(({ what }) => idIn(what?.reference)));
  const versions = entities.flatMap(({ what }) => (what?.reference?.includes('/_history/') ? [what.reference] : []));
  const decisions = entities.filter(({ type }) => type?.code === 'decision').map(decisionOf).sort((a, b) => Number(a.effect === 'deny') - Number(b.effect === 'deny'));
  const outcome = outcomeOf(event, detailOf(request, 'status'), look, versions.length);
  const who = whoIn(event);
  const role = who.role === undefined ? undefined : (strings.roles[who.role] ?? wordsOf(who.role));
  const emergencies = entities.flatMap(({ type, what }) => (type?.code === 'emergency-access' ? (what?.identifier?.value ?? []) : []));
  const underEmergency = emergencies.length > 0 && look.kind !== 'emergency';
  const purpose = purposeOf(event, underEmergency);
  const row = { ...who, role, purpose, look, outcome, citizens: citizens.length, versions: versions.length };
  return {
    id: event.id ?? '', at: event.recorded ?? '', kind: look.kind, bySystem: who.person === undefined,
    person: who.person, role, organisation: who.organisation, client: who.client,
    action: look.done, purpose, underEmergency, outcome, reason: reasonOf(outcome, detailOf(request, 'code'), decisions),
    sentence: sentenceOf(event.recorded, row), citizens, decisions,
    keptBack: entities.filter(({ type }) => type?.code === 'withheld').flatMap(keptBackIn),
    details: {
      requestId: request?.what?.identifier?.value, query, status: detailOf(request, 'status'), versions, emergencies,
      custodians: (event.agent ?? []).filter(isOf('custodian')).flatMap(({ who: from }) => from?.identifier?.value ?? []),
      address: who.address, token: who.token,
    },
  };
}

/** What the token said it was for; that it was done under emergency access is the gateway's own word. */
function purposeOf({ purposeOfEvent = [] }: AuditEvent, underEmergency: boolean): string | undefined {
  const code = purposeOfEvent[0]?.coding?.[0]?.code;
  if (code === undefined) return undefined;
  return `${strings.purposes[code] ?? code}${underEmergency ? says.underEmergency : ''}`;
}

function whoIn({ agent = [] }: AuditEvent): { person: string | undefined; role: string | undefined; organisation: string | undefined; client: string | undefined; address: string | undefined; token: string | undefined } {
  const asking = agent.find(({ requestor }) => requestor);
  const person = agent.find(({ who }) => who?.type === 'Practitioner');
  const device = agent.find(({ who }) => who?.type === 'Device' && who.identifier?.value !== undefined);
  const organisation = agent.find((each) => each.who?.type === 'Organization' && !isOf('custodian')(each))?.who;
  return {
    person: person?.name ?? person?.who?.display,
    role: (person ?? asking)?.role?.[0]?.coding?.[0]?.code,
    organisation: organisation?.display ?? organisation?.identifier?.value,
    client: device?.who?.identifier?.value ?? device?.who?.display,
    address: device?.network?.address,
    token: (person ?? asking)?.policy?.[0]?.replace('urn:ietf:params:oauth:jti:', ''),
  };
}

const isOf = (code: string) => ({ type }: AuditEventAgent): boolean => type?.coding?.some((coding) => coding.code === code) ?? false;

function outcomeOf({ outcome }: AuditEvent, status: string | undefined, { kind }: LookAction, shown: number): Outcome {
  if (outcome === '8') return Number(status ?? '0') >= 500 ? 'failed' : 'refused';
  if (outcome !== '0') return 'failed';
  if (kind === 'choice' || kind === 'agreement' || kind === 'sent' || kind === 'emergency') return 'accepted';
  return shown > 0 ? 'shown' : 'nothing-shown';
}

function decisionOf(entity: AuditEventEntity): LogDecision {
  const count = detailOf(entity, 'count');
  return {
    effect: detailOf(entity, 'effect') === 'permit' ? 'permit' : 'deny', rule: detailOf(entity, 'rule'),
    agreement: detailOf(entity, 'agreement'), version: detailOf(entity, 'version'), clause: detailOf(entity, 'clause'),
    sentence: detailOf(entity, 'sentence') ?? entity.description ?? says.noSentence, count: count === undefined ? undefined : Number(count),
  };
}

function keptBackIn({ detail = [] }: AuditEventEntity): KeptBack[] {
  return detail.map(({ type = '', valueString: text = '' }) => {
    const [, count, of] = /^(\d+) of (.+)$/.exec(text) ?? [];
    return { category: type, text, count: count === undefined ? undefined : Number(count), of };
  });
}

/** A decision that denies says why by itself; else the refusal's code, in words where there are some. */
function reasonOf(outcome: Outcome, code: string | undefined, decisions: readonly LogDecision[]): string | undefined {
  if (outcome !== 'refused' && outcome !== 'failed') return undefined;
  if (decisions.some(({ effect }) => effect === 'deny')) return undefined;
  return code === undefined ? says.noReason : (strings.whoLooked.codes[code] ?? says.code(code));
}

interface Told {
  person: string | undefined;
  role: string | undefined;
  organisation: string | undefined;
  client: string | undefined;
  purpose: string | undefined;
  look: LookAction;
  outcome: Outcome;
  citizens: number;
  versions: number;
}

function sentenceOf(at: string | undefined, told: Told): string {
  const { look, outcome } = told;
  const tried = outcome === 'refused' || outcome === 'failed';
  const whom = told.citizens > 0 && (look.ofCitizens || tried) ? says.of(told.citizens) : '';
  const purpose = told.purpose === undefined ? '' : says.purpose(told.purpose);
  return `${says.when(formatMoment(at))} ${subjectOf(told)} ${tried ? says.tried(look.tried) : look.done}${whom}${purpose}; ${endOf(told)}.`;
}

function subjectOf({ person, role, organisation, client }: Told): string {
  if (person !== undefined) return says.person(person, role, organisation);
  return client === undefined || client === 'unauthenticated' ? says.nobody : says.system(client, organisation);
}

function endOf({ look, outcome, citizens, versions }: Told): string {
  if (outcome === 'shown') return look.kind === 'people' || look.kind === 'list' ? says.shownOf(versions, citizens) : says.shown(versions);
  return says.outcomes[outcome];
}

function detailOf(entity: AuditEventEntity | undefined, type: string): string | undefined {
  return entity?.detail?.find((each) => each.type === type)?.valueString;
}

function idIn(reference: string | undefined): string[] {
  return reference?.startsWith('Patient/') ? [reference.split('/')[1] ?? ''] : [];
}

function unique(values: readonly string[]): string[] {
  return [...new Set(values)].filter((value) => value !== '');
}
