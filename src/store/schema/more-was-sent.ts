/**
 * Whether a partner sent, or may hold, more about this source person than has arrived. A row in quarantine no longer counts
 * once a later one of its part about the same person was stored. A feed the gateway pulls is late when it has not been
 * read to its end for too long, and one that is sent when nothing has come for longer than it is expected: then everybody it speaks
 * of may be told too little.
 */
export function moreWasSent(person: string): string {
  return `(exists (select 1 from pull_state s where s.feed = ${person}.feed and s.late_from <= statement_timestamp()) or ${isSilent(`${person}.feed`)} or exists (select 1 from intake_row w where w.feed = ${person}.feed and w.person_key = ${person}.person_key
    and w.state in ('pending', 'awaiting-merge', 'quarantined')
    and not (w.state = 'quarantined' and exists (select 1 from intake_row l where l.feed = w.feed and l.person_key = w.person_key
      and l.part = w.part and (l.record_id, l.row_no) > (w.record_id, w.row_no) and l.state in ('stored', 'unchanged')))))`;
}

/** Whether a feed that is expected to send has been silent for too long: the newest record is found by (feed, received_at). */
export function isSilent(feed: string): string {
  return `exists (select 1 from feed_expectation e where e.feed = ${feed}
    and not exists (select 1 from source_record n where n.feed = e.feed and n.received_at > statement_timestamp() - e.within and n.state <> 'rejected'))`;
}
