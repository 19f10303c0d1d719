import type { CapabilityStatement } from '@medplum/fhirtypes';
import { offeredForms, searchForm, type SearchForm } from './twin-search.ts';
import { storedRows, type StoredRow, type TwinWorlds } from './twin-worlds.ts';

/** What requests are made of: what is offered, and values out of both worlds, hidden ones as well. */
export interface TwinFacts {
  statement: CapabilityStatement;
  types: string[];
  rows: StoredRow[];
  /** rows of the plain world, which are in both */
  known: StoredRow[];
  citizens: string[];
  strangers: string[];
  /** every way to search that is offered */
  forms: SearchForm[];
  /** references of possible links of both worlds */
  linkReviews: string[];
  /** `id/version` of every registered agreement */
  agreements: string[];
}

export async function readTwinFacts(worlds: TwinWorlds): Promise<TwinFacts> {
  const [rows, known] = [await storedRows(worlds.fuller.database), await storedRows(worlds.plain.database)];
  const statement = (await (await fetch(`${worlds.plain.url}/fhir/metadata`)).json()) as CapabilityStatement;
  const citizens = [...new Set(known.map(({ citizen }) => citizen))];
  const registered = await worlds.plain.database.query<{ name: string }>(`select distinct agreement || '/' || version as name from agreement_register order by 1`);
  return {
    statement, rows, known, citizens, forms: offeredForms(statement).map((offered) => searchForm(offered, rows)),
    types: (statement.rest?.[0]?.resource ?? []).map(({ type = '' }) => type),
    strangers: [...new Set(rows.map(({ citizen }) => citizen))].filter((citizen) => !citizens.includes(citizen)),
    linkReviews: (await worlds.fuller.database.query<{ reference: string }>('select reference from link_review order by 1')).map(({ reference }) => reference),
    agreements: registered.map(({ name }) => name),
  };
}
