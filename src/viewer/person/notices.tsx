import { Link } from 'react-router';
import { strings } from '../strings.ts';
import { Notice } from '../ui/notice.tsx';
import type { ToldEvent } from './read-timeline.ts';
import { lastReceivedOf } from './sources-view.ts';
import type { NoticeText } from './story.ts';

const words = strings.person;

/** What is kept back, and what has not arrived: the latter with when something last came from there, and a way to look again. */
export function Notices({ notices, events, mayNeed, onRetry }: { notices: readonly NoticeText[]; events: readonly ToldEvent[]; /** whether emergency access is for people in this role */ mayNeed: boolean; onRetry: () => void }) {
  return notices.map(({ kind, text }) => (
    <Notice kind={kind} key={text}>
      {text}
      {kind === 'withheld' && mayNeed ? <> <Link to="/break-glass">{strings.breakGlass.need}</Link></> : null}
      {kind === 'withheld' ? null : lastReceivedOf(text, events).map(({ organisation, at }) => <span key={organisation}> {words.lastReceived(organisation, at)}</span>)}
      {kind === 'withheld' ? null : <> <button className="os-link-button" type="button" onClick={onRetry}>{strings.problem.again}</button></>}
    </Notice>
  ));
}
