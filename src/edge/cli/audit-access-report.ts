import { Command } from 'commander';
import type { Parameters, ParametersParameter } from '@medplum/fhirtypes';
import { textFromGateway } from './call-gateway.ts';
import type { CliContext } from './cli-context.ts';
import { failEach } from './fail-each.ts';
import { findCitizen } from './find-citizen.ts';
import { call, calling, type GatewayOptions } from './gateway-command.ts';
import { writeNew } from './write-new.ts';

/** `onestory audit access-report <patient>`: who looked at this citizen's record and why, in plain words; `--html` for the page to print. */
export function auditAccessReport(context: CliContext): Command {
  return calling(context, new Command('access-report').description('who looked at a citizen\'s record and why, as the citizen may be told').argument('<patient>', 'the citizen\'s id or NHS number'))
    .option('--from <day>', 'first London day, or an instant').option('--to <day>', 'last London day, or an instant')
    .option('--html <file>', 'write the page to be printed to this file')
    .action(async (patient: string, { from, to, html, ...options }: GatewayOptions & { from?: string; to?: string; html?: string }) => {
      const citizen = await findCitizen(context, options, patient);
      if (citizen === null) return;
      const query = String(new URLSearchParams({ ...(from !== undefined && { start: from }), ...(to !== undefined && { end: to }) }));
      const path = `/fhir/Patient/${encodeURIComponent(citizen)}/$access-report${query === '' ? '' : `?${query}`}`;
      if (html !== undefined) return writePage(context, options, path, html);
      const report = await call<Parameters>(context, options, { method: 'GET', path });
      if (!report) return;
      if (options.json) return context.print(JSON.stringify(report, null, 2));
      const lines = (report.parameter ?? []).filter(({ name }) => name === 'line');
      if (lines.length === 0) context.print('Nobody has looked in this time.');
      for (const line of lines) context.print(sayLine(line));
    });
}

async function writePage(context: CliContext, options: GatewayOptions, path: string, file: string): Promise<void> {
  const answer = await textFromGateway(context, options, { method: 'GET', path, headers: { Accept: 'text/html' } });
  if ('problems' in answer) {
    failEach(context, answer.problems, options.json);
    return;
  }
  if (writeNew(context, file, answer.text, 0o600)) context.print(`Written to ${file}. It names a person: keep it as your organisation's rules say.`);
}

function sayLine({ part = [] }: ParametersParameter): string {
  const texts = (name: string): string => part.filter((each) => each.name === name).map(({ valueString }) => valueString ?? '').join('; ');
  return `${texts('when')} | ${texts('who')} | ${texts('what')} | ${texts('why')} | ${texts('came-of-it')}`;
}
