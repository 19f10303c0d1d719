import { Command } from 'commander';
import type { DueReport } from '../../flow/audit/retention.ts';
import type { CliContext } from './cli-context.ts';
import { call, calling, type GatewayOptions } from './gateway-command.ts';

/** `onestory retention …`: what is kept for how long, and erasing what is due. */
export function retentionCommand(context: CliContext): Command {
  return new Command('retention').description('how long things are kept, and erasing what is due').addCommand(showCommand(context)).addCommand(runCommand(context));
}

/** `onestory retention show`: the rules, and what each would erase now. */
function showCommand(context: CliContext): Command {
  return calling(context, new Command('show').description('the rules, and what each would erase now; changes nothing')).action(async (options: GatewayOptions) => {
    const answer = await call<Due>(context, options, { method: 'GET', path: address });
    if (!answer) return;
    if (options.json) return context.print(JSON.stringify(answer, null, 2));
    context.print(`Rules of ${answer.version}`);
    for (const { code, title, keepMonths, basis, before, due, held, more } of answer.rules) {
      context.print(`${code}: ${title['en-GB'] ?? ''}, kept for ${keepMonths === null ? 'ever' : `${keepMonths} months`}`);
      context.print(`  ${basis}`);
      if (before !== null) context.print(`  due, from before ${before}: ${due}${held > 0 ? `, and ${held} under a legal hold` : ''}${more ? ', of those looked at; there may be more' : ''}`);
    }
  });
}

/** `onestory retention run <rule> --version …`: all that is due, a thousand at a time. */
function runCommand(context: CliContext): Command {
  return calling(context, new Command('run').description('erase what is due under a rule; this cannot be undone').argument('<rule>', 'as show names it'))
    .requiredOption('--rules <version>', 'the version of the rules, as show printed it: what is erased is what they say')
    .action(async (rule: string, { rules: version, ...options }: GatewayOptions & { rules: string }) => {
      let [erased, held] = [0, 0];
      for (let more = true; more;) {
        const body = { type: 'application/json', text: JSON.stringify({ version }) };
        const answer = await call<{ erased: number; held: number; more: boolean }>(context, options, { method: 'POST', path: `${address}/${encodeURIComponent(rule)}/erase`, body });
        if (!answer) return; // what was erased before is in the log
        erased += answer.erased;
        held += answer.held;
        ({ more } = answer);
      }
      context.print(options.json ? JSON.stringify({ erased, held }) : `Erased: ${erased}. Kept under a legal hold: ${held}.`);
    });
}

const address = '/governance/retention';

interface Due {
  version: string;
  rules: DueReport[];
}
