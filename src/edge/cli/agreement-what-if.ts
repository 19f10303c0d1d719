import { Presets, SingleBar } from 'cli-progress';
import { Command } from 'commander';
import type { WhatIfLine, WhatIfReport } from '../../flow/sharing/what-if.ts';
import { calling } from './gateway-command.ts';
import { streamFromGateway, type CallOptions } from './call-gateway.ts';
import type { CliContext } from './cli-context.ts';
import { failEach } from './fail-each.ts';
import { readAgreementFile } from './read-agreement-file.ts';

/** `onestory agreement what-if <file>`: what a text would have shown or hidden in the looks of the last days. Changes nothing. */
export function whatIfCommand(context: CliContext): Command {
  return calling(context, new Command('what-if').description('what a text would have newly shown or hidden').argument('<file>', 'YAML file'))
    .option('--since <when>', 'a number of days such as 30d, or a day or instant', '30d')
    .action(async (file: string, options: CallOptions & { since: string; json?: true }) => {
      const read = await readAgreementFile(file);
      if ('problem' in read) return context.fail(read.problem, read.unreadable ? 2 : 1);
      const path = `/governance/agreements/what-if?since=${encodeURIComponent(options.since)}`;
      let report: WhatIfReport | undefined;
      const bar = new SingleBar({ clearOnComplete: true, stream: process.stderr, format: '{bar} {percentage} % of the looks' }, Presets.shades_classic);
      bar.start(1, 0);
      const problems = await streamFromGateway(context, options, { method: 'POST', path, body: { type: 'application/yaml', text: read.text } }, (line) => {
        if (typeof line['progress'] === 'number') bar.update(line['progress']);
        if ('report' in line) report = line['report'] as WhatIfReport;
      });
      bar.stop();
      if (problems.length > 0) failEach(context, problems, options.json);
      if (report) context.print(options.json ? JSON.stringify(report, null, 2) : sayReport(report).join('\n'));
    });
}

/** The report in sentences: first what it rests on, then what would be shown and what hidden, by who looks. */
function sayReport(report: WhatIfReport): string[] {
  const { draft, replaces, looks, lookedAtNobody, notJudged, judgedByTypeAlone, since, lines } = report;
  const [shown, hidden] = [lines.filter(({ effect }) => effect === 'shown'), lines.filter(({ effect }) => effect === 'hidden')];
  return [
    `${draft.id} version ${draft.version}, ${replaces === null ? 'in force beside all others' : `in force instead of version ${replaces}`}, against ${looks} looks since ${since}, over the records of today.`,
    ...(lookedAtNobody > 0 ? [`${lookedAtNobody} of them met nobody: whom they would have found cannot be said.`] : []),
    ...(notJudged > 0 ? [`${notJudged} more were lists of everybody's changes, files of exports or notifications: these are not judged.`] : []),
    ...(judgedByTypeAlone ? ['Searches were asked in very many ways: the rarest are judged by their type of resource alone.'] : []),
    ...(lines.length === 0 ? ['Nobody would have seen anything else.'] : []),
    ...section('NEWLY SHOWN', shown, report.smallNumber), ...section('NEWLY HIDDEN', hidden, report.smallNumber),
  ];
}

function section(title: string, lines: readonly WhatIfLine[], smallNumber: number): string[] {
  return [...Map.groupBy(lines, ({ organisation }) => organisation)].flatMap(([organisation, own]) => [
    `${title} to ${organisation}`,
    ...own.map(({ role, purpose, custodian, category, labels, clause, looks, citizens, records }) =>
      `  ${role}, ${purpose}: ${category} of ${custodian}${labels.length > 0 ? `, labels ${labels.join(', ')}` : ''}${clause ? `, ${clause.agreement} ${clause.version} clause ${clause.clause}` : ''}: ${citizens === null ? `fewer than ${smallNumber} people` : `${looks} looks, ${citizens} people, ${records} records`}`),
  ]);
}
