import type { Patient } from '@medplum/fhirtypes';
import { NeedEmergency } from '../../break-glass/need-emergency.tsx';
import { strings } from '../../strings.ts';
import { Notice } from '../../ui/notice.tsx';
import type { ToldEvent } from '../timeline/read-timeline.ts';
import { lastReceivedOf } from './sources-view.ts';
import type { NoticeText } from '../story/story.ts';

const words = strings.person;

/** What is kept back, and what has not arrived: the latter with when something last came from there, and a way to look again. */
export function Notices({ notices, events, patient, onRetry }: { notices: readonly NoticeText[]; events: readonly ToldEvent[]; /** who it is about, where emergency access is for people in this role */ patient: Patient | undefined; onRetry: () => void }) {
  return notices.map(({ kind, text }) => (
    <Notice kind={kind} key={text} {...(kind === 'withheld' && { below: <Why /> })}>
      {text}
      {kind === 'withheld' && patient ? <> <NeedEmergency patient={patient} /></> : null}
      {kind === 'withheld' ? null : lastReceivedOf(text, events).map(({ organisation, at }) => <span key={organisation}> {words.lastReceived(organisation, at)}</span>)}
      {kind === 'withheld' ? null : <> <button className="os-link-button" type="button" onClick={onRetry}>{strings.problem.again}</button></>}
    </Notice>
  ));
}

/** The reasons there can be, always the same ones: which of them it is would say what is kept back. */
function Why() {
  const { why, says, reasons, instead } = words.withheld;
  return (
    <details className="os-fold">
      <summary>{why}</summary>
      <p>{says}</p>
      <ul>{reasons.map((reason) => <li key={reason}>{reason}</li>)}</ul>
      <p>{instead}</p>
    </details>
  );
}
