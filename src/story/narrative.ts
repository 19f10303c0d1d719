import type { Group } from './tell-story.ts';
import { ageInDays, sayAge, sayDate } from './say-date.ts';
import type { Statement } from './statement.ts';

/** A section as somebody reads it: a line each, with who said it, when and how long ago. XHTML as FHIR allows it, every text of a sender escaped. */
export function narrative(groups: readonly Group[], now: Date, empty: string | undefined): string {
  const parts = groups.flatMap(({ title, statements }) => [
    ...(title === undefined ? [] : [`<p><b>${escape(title)}</b></p>`]), `<ul>${statements.map((each) => `<li>${escape(each.text)}${said(each, now)}</li>`).join('')}</ul>`,
  ]);
  const told = groups.some(({ statements }) => statements.length > 0) ? parts.join('') : `<p>${escape(empty ?? '')}</p>`;
  return `<div xmlns="http://www.w3.org/1999/xhtml">${told}</div>`;
}

/** `. Birmingham City Council, 27-Oct-2026 (26 days ago)`: each organisation once, by what it said last. */
function said({ by, confirmed }: Statement, now: Date): string {
  const newest = new Map([...by].sort((a, b) => (a.on < b.on ? -1 : 1)).map(({ row, on }) => [row.custodianName, on] as const));
  const sources = [...newest].map(([name, on]) => `${name}, ${sayDate(on)} (${sayAge(ageInDays(on, now))})`);
  const last = confirmed && `found still right on ${sayDate(confirmed.at)} by ${confirmed.organisationName}`;
  const all = [...sources, ...(last === undefined ? [] : [last])];
  return all.length === 0 ? '' : `<br/><small>${escape(all.join('; '))}</small>`;
}

const marks: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

function escape(text: string): string {
  return text.replace(/[&<>"]/g, (mark) => marks[mark] ?? mark).replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g, ' ');
}
