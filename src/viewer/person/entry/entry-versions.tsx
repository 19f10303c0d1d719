import { useRef, useState } from 'react';
import { formatDateTime, notRecorded } from '../../format.ts';
import { strings } from '../../strings.ts';
import { Bounded } from '../../ui/bounded.tsx';
import { Notice } from '../../ui/notice.tsx';
import { changesBetween, isSentAnew, type Version } from './compare-versions.ts';
import { describeResource, type Titles } from './describe-resource.ts';
import { EntryDetails } from './entry-details.tsx';

const words = strings.person.entry;
const limit = 10;

/** The details of the version chosen, and the versions there are, all of one organisation. `more` fetches older ones. */
export function EntryVersions({ versions, titles, citizen, by, more }: { versions: readonly Version[]; titles: Titles; citizen: string; by: string; more: (() => void) | undefined }) {
  const [chosen, setChosen] = useState(0);
  const heading = useRef<HTMLHeadingElement>(null);
  const choose = (at: number): void => {
    setChosen(at);
    heading.current?.focus(); // the button that was pressed goes away
  };
  const version = versions[chosen];
  if (!version) return null;
  const before = versions[chosen + 1];
  return (
    <>
      <section className="os-section" aria-labelledby="details-heading" data-details>
        <h3 className="nhsuk-heading-s" id="details-heading" ref={heading} tabIndex={-1}>{words.details}{versions.length > 1 ? `, ${words.version(version.id).toLowerCase()}` : ''}</h3>
        {chosen === 0 ? null : <Notice kind="incomplete">{words.older}</Notice>}
        <EntryDetails details={describeResource(version.resource, titles)} citizen={citizen} />
      </section>
      <section className="os-section" aria-labelledby="versions-heading" data-versions>
        <h3 className="nhsuk-heading-s" id="versions-heading">{words.versions}</h3>
        <p>{versions.length === 1 && more === undefined ? words.only : words.versionsSay}</p>
        {versions.length === 1 ? null : (
          <Bounded items={versions} limit={limit}>
            {(shown) => (
              <ol className="os-versions">
                {shown.map(({ id, recorded }, at) => (
                  <li key={id} aria-current={at === chosen ? 'true' : undefined}>
                    {words.version(id)}{at === 0 ? ` (${words.current})` : ''}, {formatDateTime(recorded)}{' '}
                    {at === chosen ? <strong>{words.shown}</strong> : <button className="os-link-button" type="button" onClick={() => choose(at)}>{words.choose}<span className="nhsuk-u-visually-hidden"> {id}</span></button>}
                  </li>
                ))}
              </ol>
            )}
          </Bounded>
        )}
        {more === undefined ? null : <button className="os-link-button" type="button" onClick={more}>{words.earlier}</button>}
        {versions.length === 1 ? null : <Changes before={before} after={version} by={by} unread={more !== undefined} />}
      </section>
    </>
  );
}

/** Without a version before it, a version is the first, unless earlier ones are still `unread`. */
function Changes({ before: older, after: newer, by, unread }: { before: Version | undefined; after: Version; by: string; unread: boolean }) {
  const changes = older && changesBetween(older.resource, newer.resource);
  return (
    <div data-changes>
      <h4 className="nhsuk-heading-xs">{words.changed}</h4>
      {older && changes && changes.length > 0 ? <p className="os-origin">{isSentAnew(older, newer) ? words.changedBy(by, formatDateTime(newer.recorded)) : words.madeAnew(formatDateTime(newer.recorded))}</p> : null}
      {changes === undefined ? <p>{unread ? words.earlierUnread : words.first}</p> : changes.length === 0 ? <p>{words.same}</p> : (
        <ul className="os-changes">
          {changes.map(({ label, before, after }) => (
            <li key={label}>
              <strong>{label}</strong>
              <dl className="os-facts"><div><dt>{words.before}</dt><dd>{before ?? notRecorded}</dd></div><div><dt>{words.after}</dt><dd>{after ?? notRecorded}</dd></div></dl>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
