/** What a newcomer is told, on the terminal and on the start page. */
export interface StartInfo {
  /** the gateway's address without trailing slash */
  baseUrl: string;
  /** the address the command line uses when nobody names one, and the data folder it looks in */
  defaults: { baseUrl: string; dataDir: string };
  dataDir: string;
  /** `embedded` = PGlite, for evaluation */
  database: 'embedded' | 'postgresql';
  /** where tokens come from: null = the embedded issuer */
  externalIssuer: string | null;
  /** demo personas; empty with an external issuer */
  personas: readonly { id: string; description: string; organisationName: string }[];
  feeds: readonly string[];
  /** feeds whose changed mapping waits for a replay */
  waiting?: readonly string[];
}

/** True while anything in use is fit for synthetic people only. */
export function isEvaluation(info: StartInfo): boolean {
  return info.database === 'embedded' || info.externalIssuer === null;
}

export const evaluationNotice = 'Evaluation only: synthetic people. Never put a real patient in it.';

export interface TourStep {
  title: string;
  command: string;
}

/** How Abdul, one of the synthetic people whose stories are told in full, is found: in the body of a POST, for addresses are logged. */
const abdul = 'identifier=https://fhir.nhs.uk/Id/nhs-number|9990000379';

/** The shell command that gets a token, exactly as it works beside this gateway. */
export function tokenCommandFor(info: StartInfo, who: string): string {
  const folder = info.dataDir === info.defaults.dataDir ? '' : `DATA_DIR=${shellWord(info.dataDir)} `;
  const base = info.baseUrl === info.defaults.baseUrl ? '' : ` --base ${shellWord(info.baseUrl)}`;
  return `${folder}npm run -s onestory -- token ${who}${base}`;
}

/** A first look round, in commands that can be pasted one after the other; the README goes further. */
export function tour(info: StartInfo): TourStep[] {
  const fhir = `${info.baseUrl}/fhir`;
  const as = (who: string): string => `TOKEN=$(${tokenCommandFor(info, who)})`;
  const ask = (request: string): string => `curl -s -H "Authorization: Bearer $TOKEN" ${request} | node docs/outline.mjs`;
  const find = ask(`-d '${abdul}' ${fhir}/Patient/_search`);
  return [
    { title: 'Become the community nurse', command: as('community-nurse') },
    { title: 'Find Abdul by his (invented) NHS number', command: find },
    { title: 'Keep his id', command: `ABDUL=$(${find} --id)` },
    { title: 'Read his whole story, from every partner that shares it with her', command: ask(`"${fhir}/Patient/$ABDUL/\\$everything"`) },
    {
      title: 'Become the governance lead and see who looked, and under which clause',
      command: `${as('governance-lead')}; ${ask(`-d "patient=Patient/$ABDUL" ${fhir}/AuditEvent/_search`)}`,
    },
  ];
}

function shellWord(text: string): string {
  return /^[\w./:@%+=-]+$/.test(text) ? text : `'${text.replaceAll('\'', '\'\\\'\'')}'`;
}
