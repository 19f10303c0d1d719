import type { AuditEvent, Coding } from '@medplum/fhirtypes';

const restful = 'http://hl7.org/fhir/restful-interaction';
const gatewayAction = 'https://fhir.bicp.example/CodeSystem/gateway-action';

/** How an interaction is told: IHE BALP distinguishes who sends and who receives by what moves. */
export interface AuditAction {
  action: NonNullable<AuditEvent['action']>;
  subtype: Coding[];
  /** a query names what was asked for, everything else the thing itself */
  asks: 'query' | 'thing';
  /** the direction the record moves: out to the client, or in from it */
  moves: 'out' | 'in';
  /** pattern of IHE BALP, where it has one for this interaction */
  pattern?: 'Read' | 'Query' | 'Create' | 'Update' | 'Delete';
}

const rest = (code: string): Coding => ({ system: restful, code });
const own = (code: string): Coding => ({ system: gatewayAction, code });
/** An operation of the FHIR API that tells something. */
const operation = (code: string): AuditAction => ({ action: 'E', subtype: [rest('operation'), own(code)], asks: 'query', moves: 'out' });

const actions: Readonly<Record<string, AuditAction>> = {
  'read': { action: 'R', subtype: [rest('read')], asks: 'thing', moves: 'out', pattern: 'Read' },
  'vread': { action: 'R', subtype: [rest('vread')], asks: 'thing', moves: 'out', pattern: 'Read' },
  'history-instance': { action: 'R', subtype: [rest('history-instance')], asks: 'thing', moves: 'out' },
  'history-type': { action: 'E', subtype: [rest('history-type')], asks: 'query', moves: 'out' },
  'history-system': { action: 'E', subtype: [rest('history-system')], asks: 'query', moves: 'out' },
  'search-type': { action: 'E', subtype: [rest('search-type')], asks: 'query', moves: 'out', pattern: 'Query' },
  'search-system': { action: 'E', subtype: [rest('search-system')], asks: 'query', moves: 'out', pattern: 'Query' },
  'everything': { action: 'E', subtype: [rest('operation'), { system: gatewayAction, code: 'everything' }], asks: 'query', moves: 'out' },
  'export': operation('export'),
  'export-status': { action: 'R', subtype: [own('export-status')], asks: 'query', moves: 'out' },
  'export-file': { action: 'R', subtype: [own('export-file')], asks: 'query', moves: 'out' },
  'export-delete': { action: 'D', subtype: [own('export-delete')], asks: 'thing', moves: 'in' },
  'notify': { action: 'R', subtype: [own('notify')], asks: 'query', moves: 'out' },
  'subscription-status': operation('subscription-status'),
  'subscription-events': operation('subscription-events'),
  'match': { action: 'E', subtype: [rest('operation'), { system: gatewayAction, code: 'match' }], asks: 'query', moves: 'out' },
  'story': { action: 'E', subtype: [rest('operation'), { system: gatewayAction, code: 'story' }], asks: 'query', moves: 'out' },
  'print': { action: 'E', subtype: [rest('operation'), { system: gatewayAction, code: 'print' }], asks: 'query', moves: 'out' },
  'confirm': { action: 'U', subtype: [rest('operation'), { system: gatewayAction, code: 'confirm' }], asks: 'thing', moves: 'in' },
  'correct': { action: 'U', subtype: [rest('operation'), { system: gatewayAction, code: 'correct' }], asks: 'thing', moves: 'in' },
  'timeline': { action: 'E', subtype: [rest('operation'), { system: gatewayAction, code: 'timeline' }], asks: 'query', moves: 'out' },
  'summary': operation('summary'),
  'presence': operation('presence'),
  'ihe-pix': operation('ihe-pix'),
  'docref': operation('docref'),
  'sandbox': { action: 'E', subtype: [own('sandbox')], asks: 'query', moves: 'out' },
  'same-event': { action: 'U', subtype: [rest('operation'), { system: gatewayAction, code: 'same-event' }], asks: 'thing', moves: 'in' },
  'access-report': operation('access-report'),
  'explain-access': operation('explain-access'),
  'reconstruct': operation('reconstruct'),
  'break-glass': operation('break-glass'),
  'end-break-glass': operation('end-break-glass'),
  'transform': { action: 'E', subtype: [rest('operation'), own('transform')], asks: 'thing', moves: 'in' },
  'validate': { action: 'E', subtype: [rest('operation'), own('validate')], asks: 'thing', moves: 'in' },
  'unsupported': operation('unsupported'),
  'agreement-what-if': operation('agreement-what-if'),
  'audit-report': { action: 'R', subtype: [own('audit-report')], asks: 'query', moves: 'out' },
  'look-replay': { action: 'R', subtype: [own('look-replay')], asks: 'query', moves: 'out' },
  'hold-back-list': { action: 'R', subtype: [own('hold-back-list')], asks: 'query', moves: 'out' },
  'hold-back-decide': { action: 'C', subtype: [own('hold-back-decide')], asks: 'thing', moves: 'in' },
  'hold-back-end': { action: 'U', subtype: [own('hold-back-end')], asks: 'thing', moves: 'in' },
  'client-list': { action: 'R', subtype: [own('client-list')], asks: 'query', moves: 'out' },
  'client-add': { action: 'C', subtype: [own('client-add')], asks: 'thing', moves: 'in' },
  'client-allow': { action: 'E', subtype: [own('client-allow')], asks: 'thing', moves: 'in' },
  'client-rotate': { action: 'U', subtype: [own('client-rotate')], asks: 'thing', moves: 'in' },
  'client-disable': { action: 'U', subtype: [own('client-disable')], asks: 'thing', moves: 'in' },
  'client-enable': { action: 'U', subtype: [own('client-enable')], asks: 'thing', moves: 'in' },
  'retention-list': { action: 'R', subtype: [own('retention-list')], asks: 'query', moves: 'out' },
  'retention-erase': { action: 'D', subtype: [own('retention-erase')], asks: 'thing', moves: 'in' },
  'legal-hold-list': { action: 'R', subtype: [own('legal-hold-list')], asks: 'query', moves: 'out' },
  'legal-hold-place': { action: 'C', subtype: [own('legal-hold-place')], asks: 'thing', moves: 'in' },
  'legal-hold-end': { action: 'U', subtype: [own('legal-hold-end')], asks: 'thing', moves: 'in' },
  'subject-access': { action: 'R', subtype: [own('subject-access')], asks: 'query', moves: 'out' },
  'case-list': { action: 'R', subtype: [own('case-list')], asks: 'query', moves: 'out' },
  'case-show': { action: 'R', subtype: [own('case-show')], asks: 'query', moves: 'out' },
  'case-take': { action: 'U', subtype: [own('case-take')], asks: 'thing', moves: 'in' },
  'case-ask': { action: 'U', subtype: [own('case-ask')], asks: 'thing', moves: 'in' },
  'case-answer': { action: 'U', subtype: [own('case-answer')], asks: 'thing', moves: 'in' },
  'case-note': { action: 'U', subtype: [own('case-note')], asks: 'thing', moves: 'in' },
  'case-close': { action: 'U', subtype: [own('case-close')], asks: 'thing', moves: 'in' },
  'case-reopen': { action: 'U', subtype: [own('case-reopen')], asks: 'thing', moves: 'in' },
  'watched-list': { action: 'R', subtype: [own('watched-list')], asks: 'query', moves: 'out' },
  'watched-add': { action: 'C', subtype: [own('watched-add')], asks: 'thing', moves: 'in' },
  'watched-end': { action: 'U', subtype: [own('watched-end')], asks: 'thing', moves: 'in' },
  'create': { action: 'C', subtype: [rest('create')], asks: 'thing', moves: 'in', pattern: 'Create' },
  'update': { action: 'U', subtype: [rest('update')], asks: 'thing', moves: 'in', pattern: 'Update' },
  'patch': { action: 'U', subtype: [rest('patch')], asks: 'thing', moves: 'in', pattern: 'Update' },
  'delete': { action: 'D', subtype: [rest('delete')], asks: 'thing', moves: 'in', pattern: 'Delete' },
  'transaction': { action: 'C', subtype: [rest('transaction')], asks: 'thing', moves: 'in' },
  'process-message': { action: 'C', subtype: [rest('operation'), { system: gatewayAction, code: 'process-message' }], asks: 'thing', moves: 'in' },
  'intake': { action: 'C', subtype: [{ system: gatewayAction, code: 'intake' }], asks: 'thing', moves: 'in' },
  'pull-person': { action: 'R', subtype: [{ system: gatewayAction, code: 'pull-person' }], asks: 'query', moves: 'in' },
  'agreement-list': { action: 'R', subtype: [{ system: gatewayAction, code: 'agreement-list' }], asks: 'query', moves: 'out' },
  'agreement-propose': { action: 'C', subtype: [{ system: gatewayAction, code: 'agreement-propose' }], asks: 'thing', moves: 'in' },
  'agreement-sign': { action: 'U', subtype: [{ system: gatewayAction, code: 'agreement-sign' }], asks: 'thing', moves: 'in' },
  'agreement-activate': { action: 'U', subtype: [{ system: gatewayAction, code: 'agreement-activate' }], asks: 'thing', moves: 'in' },
  'emergency-list': { action: 'R', subtype: [{ system: gatewayAction, code: 'emergency-list' }], asks: 'query', moves: 'out' },
  'emergency-review': { action: 'U', subtype: [{ system: gatewayAction, code: 'emergency-review' }], asks: 'thing', moves: 'in' },
  'emergency-revoke': { action: 'U', subtype: [{ system: gatewayAction, code: 'emergency-revoke' }], asks: 'thing', moves: 'in' },
  'link-list': { action: 'R', subtype: [{ system: gatewayAction, code: 'link-list' }], asks: 'query', moves: 'out' },
  'link-why': { action: 'R', subtype: [{ system: gatewayAction, code: 'link-why' }], asks: 'query', moves: 'out' },
  'link-show': { action: 'R', subtype: [{ system: gatewayAction, code: 'link-show' }], asks: 'thing', moves: 'out' },
  'link-claim': { action: 'U', subtype: [{ system: gatewayAction, code: 'link-claim' }], asks: 'thing', moves: 'in' },
  'link-release': { action: 'U', subtype: [{ system: gatewayAction, code: 'link-release' }], asks: 'thing', moves: 'in' },
  'link-decide': { action: 'U', subtype: [{ system: gatewayAction, code: 'link-decide' }], asks: 'thing', moves: 'in' },
  'link-undo': { action: 'U', subtype: [{ system: gatewayAction, code: 'link-undo' }], asks: 'thing', moves: 'in' },
  'linkage-re-run': { action: 'U', subtype: [{ system: gatewayAction, code: 'linkage-re-run' }], asks: 'thing', moves: 'in' },
  'linkage-show': { action: 'R', subtype: [{ system: gatewayAction, code: 'linkage-show' }], asks: 'query', moves: 'out' },
  'feed-list': { action: 'R', subtype: [{ system: gatewayAction, code: 'feed-list' }], asks: 'query', moves: 'out' },
  'feed-work-list': { action: 'R', subtype: [{ system: gatewayAction, code: 'feed-work-list' }], asks: 'query', moves: 'out' },
  'feed-ledger': { action: 'R', subtype: [{ system: gatewayAction, code: 'feed-ledger' }], asks: 'query', moves: 'out' },
  'feed-requeue': { action: 'U', subtype: [{ system: gatewayAction, code: 'feed-requeue' }], asks: 'thing', moves: 'in' },
  'replay-show': { action: 'R', subtype: [{ system: gatewayAction, code: 'replay-show' }], asks: 'query', moves: 'out' },
  'replay-start': { action: 'C', subtype: [{ system: gatewayAction, code: 'replay-start' }], asks: 'thing', moves: 'in' },
  'replay-approve': { action: 'U', subtype: [{ system: gatewayAction, code: 'replay-approve' }], asks: 'thing', moves: 'in' },
  'replay-give-up': { action: 'D', subtype: [{ system: gatewayAction, code: 'replay-give-up' }], asks: 'thing', moves: 'in' },
  'told-once-count': { action: 'R', subtype: [{ system: gatewayAction, code: 'told-once-count' }], asks: 'query', moves: 'out' },
  'link-merge': { action: 'U', subtype: [{ system: gatewayAction, code: 'link-merge' }], asks: 'thing', moves: 'in' },
  'link-split': { action: 'U', subtype: [{ system: gatewayAction, code: 'link-split' }], asks: 'thing', moves: 'in' },
  'link-visit': { action: 'U', subtype: [{ system: gatewayAction, code: 'link-visit' }], asks: 'thing', moves: 'in' },
  'link-apart': { action: 'U', subtype: [{ system: gatewayAction, code: 'link-apart' }], asks: 'thing', moves: 'in' },
  'audit-checkpoint': { action: 'R', subtype: [{ system: gatewayAction, code: 'audit-checkpoint' }], asks: 'query', moves: 'out' },
  'audit-proof': { action: 'R', subtype: [{ system: gatewayAction, code: 'audit-proof' }], asks: 'thing', moves: 'out' },
  'audit-export': { action: 'R', subtype: [{ system: gatewayAction, code: 'audit-export' }], asks: 'query', moves: 'out' },
  'audit-redact': { action: 'D', subtype: [{ system: gatewayAction, code: 'audit-redact' }], asks: 'thing', moves: 'in' },
  'audit-restart': { action: 'E', subtype: [own('audit-restart')], asks: 'thing', moves: 'in' },
  'redacted': { action: 'E', subtype: [{ system: gatewayAction, code: 'redacted' }], asks: 'query', moves: 'out' },
  'agreement-terminate': { action: 'U', subtype: [{ system: gatewayAction, code: 'agreement-terminate' }], asks: 'thing', moves: 'in' },
};

/** An action of the gateway that is not listed is an operation of its own name. */
export function auditActionOf(interaction: string): AuditAction {
  const known = Object.hasOwn(actions, interaction) ? actions[interaction] : undefined;
  return known ?? operation(interaction);
}

/** The interactions told so: what a search of the log by action or subtype looks for. */
export function interactionsTold(so: (action: AuditAction) => boolean): string[] {
  return Object.keys(actions).filter((interaction) => so(auditActionOf(interaction)));
}
