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

/**
 * `interaction` and the normal form of the query as the gateway logs them, for example `search-type`, `CarePlan?patient=*`.
 * A request refused at the door is logged by its pattern only; the code of the refusal may still say what was asked for.
 */
export function lookActionOf(interaction: string, query: string, code?: string): LookAction {
  if (code === 'audit-readers-only') return { kind: 'log', ...words.log, ofCitizens: true };
  const type = /^[A-Z][A-Za-z]+/.exec(query)?.[0];
  const [one, many] = thingsOf(type);
  const kind = kindOfReading(type);
  switch (interaction) {
    case 'everything': return { kind: 'opened', ...words.everything, ofCitizens: true };
    case 'export': case 'export-status': case 'export-file': case 'export-delete': return { kind: 'list', ...words.export[interaction], ofCitizens: false };
    case 'notify': case 'subscription-status': case 'subscription-events': return { kind: 'list', ...words.subscription[interaction], ofCitizens: false };
    case 'match': return { kind: 'people', ...words.match, ofCitizens: false };
    case 'summary': return { kind: 'opened', ...words.summary, ofCitizens: true };
    case 'presence': case 'ihe-pix': case 'docref': return { kind: 'people', ...words.before[interaction], ofCitizens: false };
    case 'story': return { kind: 'opened', ...words.story, ofCitizens: true };
    case 'confirm': case 'correct': return { kind: 'other', ...words[interaction], ofCitizens: true };
    case 'timeline': return { kind: 'opened', ...words.timeline, ofCitizens: true };
    case 'sandbox': return { kind: 'other', ...words.sandbox, ofCitizens: false };
    case 'validate': return { kind: 'other', ...words.validate, ofCitizens: false };
    case 'told-once-count': return { kind: 'other', ...words.toldOnce, ofCitizens: false };
    case 'same-event': return { kind: 'other', ...words.sameEvent, ofCitizens: true };
    case 'read': return { kind, ...words.read(one), ofCitizens: true };
    case 'vread': return { kind, ...words.version(one), ofCitizens: true };
    case 'history-instance': return { kind, ...words.history(one), ofCitizens: true };
    case 'history-type': case 'history-system': return { kind: 'list', ...words.history(many), ofCitizens: false };
    case 'search-type': return searchOf(type, query, many);
    case 'create': return type === undefined || type === 'Consent' ? { kind: 'choice', ...words.choice, ofCitizens: true } : { kind: 'other', ...words.wrote(one), ofCitizens: true };
    case 'update': return type === undefined || type === 'Consent' ? { kind: 'choice', ...words.changeChoice, ofCitizens: true } : { kind: 'other', ...words.wrote(one), ofCitizens: true };
    case 'patch': case 'delete': return { kind: 'other', ...words[interaction](one), ofCitizens: true };
    case 'transaction': return { kind: 'sent', ...words.together, ofCitizens: true };
    case 'break-glass': return { kind: 'emergency', ...words.emergency, ofCitizens: true };
    case 'end-break-glass': return { kind: 'emergency', ...words.endEmergency, ofCitizens: true };
    case 'emergency-list': return { kind: 'log', ...words.emergencies, ofCitizens: true };
    case 'emergency-review': case 'emergency-revoke': return { kind: 'emergency', ...words[interaction](emergencyOf(query)), ofCitizens: true };
    case 'link-list': case 'link-show': case 'link-why': case 'link-claim': case 'link-release': case 'link-decide': case 'link-undo': case 'linkage-re-run': case 'linkage-show':
      return { kind: 'identity', ...words.linkage[interaction], ofCitizens: interaction === 'link-show' || interaction === 'link-why' };
    case 'explain-access': return { kind: 'log', ...words.explain, ofCitizens: true };
    case 'access-report': case 'look-replay': case 'subject-access': return { kind: 'log', ...words.answers[interaction], ofCitizens: true };
    case 'audit-report': case 'hold-back-list': case 'hold-back-decide': case 'hold-back-end': case 'retention-list': case 'retention-erase': case 'legal-hold-list': case 'legal-hold-place': case 'legal-hold-end': return { kind: 'log', ...words.answers[interaction], ofCitizens: false };
    case 'client-list': case 'client-add': case 'client-allow': case 'client-rotate': case 'client-disable': case 'client-enable': return { kind: 'other', ...words.clients[interaction], ofCitizens: false };
    case 'case-list': case 'case-show': case 'case-take': case 'case-ask': case 'case-answer': case 'case-note': case 'case-close': case 'case-reopen': case 'watched-list': case 'watched-add': case 'watched-end':
      return { kind: 'log', ...words.cases[interaction], ofCitizens: interaction === 'case-show' };
    case 'reconstruct': return { kind: 'log', ...words.reconstruct, ofCitizens: true };
    case 'intake': case 'process-message': return { kind: 'sent', ...words.sent(feedOf(query)), ofCitizens: true };
    case 'pull-person': return { kind: 'sent', ...words.pulled(/^pull\/(\S+)/.exec(query)?.[1] ?? words.aFeed), ofCitizens: true };
    case 'agreement-list': return { kind: 'register', ...words.register(thingsOf('Contract')[1]), ofCitizens: false };
    case 'agreement-propose': case 'agreement-sign': case 'agreement-activate': case 'agreement-terminate': case 'agreement-what-if':
      return { kind: 'agreement', ...words.agreement[interaction](agreementOf(query)), ofCitizens: false };
    case 'feed-list': return { kind: 'sent', ...words.feeds(feedOfWork(query) ?? words.allFeeds), ofCitizens: false };
    case 'feed-work-list': case 'feed-requeue': case 'replay-show': case 'replay-start': case 'replay-approve': case 'replay-give-up':
      return { kind: 'sent', ...words.feed[interaction](feedOfWork(query) ?? words.aFeed), ofCitizens: false };
    case 'audit-checkpoint': case 'audit-proof': case 'audit-export': case 'audit-redact': case 'audit-restart': return { kind: 'log', ...words.auditLog[interaction], ofCitizens: false };
    case 'redacted': return { kind: 'other', ...words.auditLog.redacted, ofCitizens: false };
    case 'link-merge': case 'link-split': case 'link-apart': case 'link-visit': return { kind: 'other', ...words.link[interaction], ofCitizens: true };
    case 'unsupported': return { kind: 'other', ...words.unsupported, ofCitizens: true };
    default: return { kind: 'other', ...words.other(interaction), ofCitizens: true };
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
