import { Argument, Command } from 'commander';
import { csvLine } from '../../fhir/csv-line.ts';
import { reports } from '../../flow/audit/write-report.ts';
import { streamFromGateway } from './call-gateway.ts';
import type { CliContext } from './cli-context.ts';
import { failEach } from './fail-each.ts';
import { findCitizen } from './find-citizen.ts';
import { calling, type GatewayOptions } from './gateway-command.ts';

type ReportOptions = GatewayOptions & { csv?: true; fhir?: true } & Partial<Record<'from' | 'to' | 'patient' | 'user' | 'organisation' | 'agreement' | 'version' | 'clause' | 'feed', string>>;

/** `onestory audit report <name> --from … --to …`: entries of the log, newest first, as lines of JSON, as CSV, or as FHIR AuditEvents. */
export function auditReport(context: CliContext): Command {
  return calling(context, new Command('report').description('entries of the log for those who answer for it, newest first: lines of JSON, CSV, or FHIR').addArgument(new Argument('<name>', 'which').choices(Object.keys(reports))))
    .option('--from <day>', 'first London day, or an instant').option('--to <day>', 'last London day, or an instant')
    .option('--patient <id>', 'a citizen\'s id or NHS number').option('--user <id>', 'the id of who asked').option('--organisation <system|value>', 'the organisation they asked for')
    .option('--agreement <id>', 'an agreement').option('--version <version>', 'one version of it').option('--clause <number>', 'one clause of it').option('--feed <key>', 'a feed')
    .option('--csv', 'as CSV, no cell of which a spreadsheet takes for a formula')
    .option('--fhir', 'as FHIR AuditEvents, one to a line')
    .action(async (name: string, { base, as, json: _, csv, fhir, patient, ...filters }: ReportOptions) => {
      const options = { base, ...(as !== undefined && { as }) };
      const citizen = patient === undefined ? undefined : await findCitizen(context, options, patient);
      if (citizen === null) return;
      const query = String(new URLSearchParams({ ...filters, ...(fhir && { _format: 'application/fhir+ndjson' }), ...(citizen !== undefined && { patient: citizen }) }));
      let columns: string[] | undefined;
      let whole = fhir === true; // nothing says so there: what breaks off ends with why
      const problems = await streamFromGateway(context, options, { method: 'GET', path: `/governance/reports/${name}?${query}` }, (line) => {
        if (!columns && Array.isArray(line['columns'])) {
          columns = line['columns'].map(String);
          if (csv) context.print(csvLine(columns));
        } else if (typeof line['rows'] === 'number') whole = true;
        else context.print(csv ? csvLine((columns ?? []).map((column) => `${line[column] as string | undefined ?? ''}`)) : JSON.stringify(line));
      });
      failEach(context, problems, undefined);
      if (problems.length === 0 && !whole) context.fail({ category: 'unavailable', code: 'gateway-answer-broken', text: 'The report broke off: what was printed is not all of it.', fix: 'Look at the gateway\'s log, and ask again.' });
    });
}
