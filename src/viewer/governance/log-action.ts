import { strings } from '../strings.ts';

/** What sort of look an entry tells of: opening somebody's record is told apart from lists, from registers and from the log itself. */
export type LookKind = 'opened' | 'emergency' | 'identity' | 'people' | 'list' | 'log' | 'register' | 'choice' | 'agreement' | 'sent' | 'other';

export interface LookAction {
  kind: LookKind;
  /** `opened the whole record` */
  done: string;
  /** `open the whole record`: what somebody tried who was refused */
  tried: string;
  /** whether "of 1 citizen" follows; a search says by itself whom it showed */
  ofCitizens: boolean;
}

const words = strings.whoLooked.actions;
const registers = ['Contract', 'Organization', 'Device', 'HealthcareService', 'Location', 'Practitioner', 'PractitionerRole'];

type Words = Pick<LookAction, 'done' | 'tried'>;

/** Looks that are told alike whatever they were about. */
const alike: ReadonlyMap<string, LookAction> = new Map([
  ...each('opened', true, { everything: words.everything, summary: words.summary, story: words.story, print: words.print, timeline: words.timeline }),
  ...each('list', false, { ...words.export, ...words.subscription }),
  ...each('people', false, { match: words.match, ...words.before }),
  ...each('emergency', true, { 'break-glass': words.emergency, 'end-break-glass': words.endEmergency }),
  ...each('identity', false, words.linkage), ...each('identity', true, { 'link-show': words.linkage['link-show'], 'link-why': words.linkage['link-why'] }),
  ...each('log', false, { ...words.answers, ...words.cases, ...words.auditLog }),
  ...each('log', true, { 'emergency-list': words.emergencies, 'explain-access': words.explain, reconstruct: words.reconstruct, 'case-show': words.cases['case-show'] }),
  ...each('log', true, { 'access-report': words.answers['access-report'], 'look-replay': words.answers['look-replay'], 'subject-access': words.answers['subject-access'] }),
  ...each('other', true, { confirm: words.confirm, correct: words.correct, 'same-event': words.sameEvent, unsupported: words.unsupported, ...words.link }),
  ...each('other', false, { sandbox: words.sandbox, transform: words.transform, validate: words.validate, 'told-once-count': words.toldOnce, ...words.clients, redacted: words.auditLog.redacted }),
  ...each('sent', true, { transaction: words.together }),
]);

function each(kind: LookKind, ofCitizens: boolean, told: Readonly<Record<string, Words>>): [string, LookAction][] {
  return Object.entries(told).map(([interaction, { done, tried }]) => [interaction, { kind, done, tried, ofCitizens }]);
}

/**
 * `interaction` and the normal form of the query as the gateway logs them, for example `search-type`, `CarePlan?patient=*`.
 * A request refused at the door is logged by its pattern only; the code of the refusal may still say what was asked for.
 */
export function lookActionOf(interaction: string, query: string, code?: string): LookAction {
  if (code === 'audit-readers-only') return { kind: 'log', ...words.log, ofCitizens: true };
  return alike.get(interaction) ?? recordLook(interaction, query) ?? namedLook(interaction, query) ?? { kind: 'other', ...words.other(interaction), ofCitizens: true };
}

/** Looks told by the type of record they were at. */
function recordLook(interaction: string, query: string): LookAction | null {
  const type = /^[A-Z][A-Za-z]+/.exec(query)?.[0];
  const [one, many] = thingsOf(type);
  const kind = kindOfReading(type);
  switch (interaction) {
    case 'read': return { kind, ...words.read(one), ofCitizens: true };
    case 'vread': return { kind, ...words.version(one), ofCitizens: true };
    case 'history-instance': return { kind, ...words.history(one), ofCitizens: true };
    case 'history-type': case 'history-system': return { kind: 'list', ...words.history(many), ofCitizens: false };
    case 'search-type': return searchOf(type, query, many);
    case 'create': return type === undefined || type === 'Consent' ? { kind: 'choice', ...words.choice, ofCitizens: true } : { kind: 'other', ...words.wrote(one), ofCitizens: true };
    case 'update': return type === undefined || type === 'Consent' ? { kind: 'choice', ...words.changeChoice, ofCitizens: true } : { kind: 'other', ...words.wrote(one), ofCitizens: true };
    case 'patch': case 'delete': return { kind: 'other', ...words[interaction](one), ofCitizens: true };
    default: return null;
  }
}

/** Looks told by the name of what they were at: a feed, an agreement, an emergency. */
function namedLook(interaction: string, query: string): LookAction | null {
  switch (interaction) {
    case 'emergency-review': case 'emergency-revoke': return { kind: 'emergency', ...words[interaction](emergencyOf(query)), ofCitizens: true };
    case 'intake': case 'process-message': return { kind: 'sent', ...words.sent(feedOf(query)), ofCitizens: true };
    case 'pull-person': return { kind: 'sent', ...words.pulled(/^pull\/(\S+)/.exec(query)?.[1] ?? words.aFeed), ofCitizens: true };
    case 'agreement-list': return { kind: 'register', ...words.register(thingsOf('Contract')[1]), ofCitizens: false };
    case 'agreement-propose': case 'agreement-sign': case 'agreement-activate': case 'agreement-terminate': case 'agreement-what-if':
      return { kind: 'agreement', ...words.agreement[interaction](agreementOf(query)), ofCitizens: false };
    case 'feed-list': return { kind: 'sent', ...words.feeds(feedOfWork(query) ?? words.allFeeds), ofCitizens: false };
    case 'feed-ledger': case 'feed-work-list': case 'feed-requeue': case 'replay-show': case 'replay-start': case 'replay-approve': case 'replay-give-up':
      return { kind: 'sent', ...words.feed[interaction](feedOfWork(query) ?? words.aFeed), ofCitizens: false };
    default: return null;
  }
}

/** Who somebody is stands apart from what is known of them: those who deal with objections read the one without the other. */
function kindOfReading(type: string | undefined): LookKind {
  if (type === 'Patient') return 'identity';
  return type !== undefined && registers.includes(type) ? 'register' : 'opened';
}

function searchOf(type: string | undefined, query: string, many: string): LookAction {
  if (type === 'AuditEvent') return { kind: 'log', ...words.log, ofCitizens: true };
  if (type === 'Patient') return { kind: 'people', ...words.people, ofCitizens: false };
  if (type === undefined) return { kind: 'list', ...words.search, ofCitizens: false };
  if (registers.includes(type)) return { kind: 'register', ...words.register(many), ofCitizens: false };
  const named = /[?&](patient|subject)[=.:]/.test(query);
  return named ? { kind: 'opened', ...words.readMany(many), ofCitizens: true } : { kind: 'list', ...words.list(many), ofCitizens: false };
}

function thingsOf(type: string | undefined): readonly [one: string, many: string] {
  return (type === undefined ? undefined : strings.whoLooked.things[type]) ?? [words.thing, words.things];
}

/** `intake/bsmhft-rio/referral Task/…` → `bsmhft-rio/referral` */
function feedOf(query: string): string | undefined {
  return /^\/?intake\/(\S+)/.exec(query)?.[1];
}

/** `governance/emergency-accesses/EA-…/review outcome=appropriate` → its reference; a pattern names none */
function emergencyOf(query: string): string | undefined {
  return /^governance\/emergency-accesses\/(EA-[0-9A-F]+)\//.exec(query)?.[1];
}

/** `governance/feeds/uhb-adt/replay/start candidate=…` → `the feed uhb-adt`; a pattern names none */
function feedOfWork(query: string): string | undefined {
  const feed = /^governance\/feeds\/([a-z0-9-]+)/.exec(query)?.[1];
  return feed && words.theFeed(feed);
}

/** `governance/agreements/bicp-oversight/1.0` → `bicp-oversight version 1.0`; a pattern names none */
function agreementOf(query: string): string {
  const [, id, version] = /^governance\/agreements\/([a-z0-9-]+)\/([\d.]+)$/.exec(query) ?? [];
  return id === undefined || version === undefined ? words.anAgreement : words.theAgreement(id, version);
}
