import { evaluationNotice, isEvaluation, tokenCommandFor, tour } from './start-info.ts';
import type { StartInfo } from './start-info.ts';

const rule = '─'.repeat(78);

/** The few lines a start ends with. Open at the sides, so that a command can be marked and copied whole. */
export function startBox(info: StartInfo): string {
  const width = Math.max(0, ...info.personas.map((persona) => persona.id.length));
  const next = tour(info)[1];
  return [
    rule,
    '  OneStory, a FHIR R4 interoperability gateway and shared care record',
    ...(isEvaluation(info) ? [`  ${evaluationNotice}`] : []),
    '',
    `  Start page   ${info.baseUrl}/            (begin here, in a browser)`,
    `  FHIR         ${info.baseUrl}/fhir        (statement: ${info.baseUrl}/fhir/metadata)`,
    `  Intake       ${info.baseUrl}/intake/{feed}   (${info.feeds.length} feeds: docs/feeds.md)`,
    `  Sign-in      ${info.externalIssuer ?? `${info.baseUrl}/oauth`}`,
    ...(info.waiting ?? []).map((feed) => `  A changed mapping of ${feed} waits: npm run -s onestory -- replay start ${feed}`),
    ...(info.personas.length === 0 ? [] : ['', '  Personas', ...info.personas.map((persona) => `    ${persona.id.padEnd(width)}  ${persona.description}`)]),
    ...(info.externalIssuer !== null || next === undefined ? [] : ['', '  Or in another terminal:', '', `TOKEN=$(${tokenCommandFor(info, 'community-nurse')})`, next.command]),
    '',
    '  Ctrl-C stops it.',
    rule,
    '',
  ].join('\n');
}
