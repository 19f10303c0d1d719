import { Command } from 'commander';
import type { LookReplay, LookReplays } from '../../flow/sharing/replay-looks.ts';
import type { CliContext } from './cli-context.ts';
import { findCitizen } from './find-citizen.ts';
import { call, calling, type GatewayOptions } from './gateway-command.ts';

/** `onestory audit replay --user … --patient … --at …`: what this person was shown of this citizen then. */
export function auditReplay(context: CliContext): Command {
  return calling(context, new Command('replay').description('what a person was shown of a citizen at a time, what was kept back and why, and what had not come in yet'))
    .requiredOption('--user <id>', 'the id of who looked').requiredOption('--patient <id>', 'the citizen\'s id or NHS number')
    .requiredOption('--at <when>', 'a day (2026-04-05), a minute (2026-04-05T14:02) or an instant; London time unless it says otherwise')
    .action(async ({ user, patient, at, ...options }: GatewayOptions & { user: string; patient: string; at: string }) => {
      const citizen = await findCitizen(context, options, patient);
      if (citizen === null) return;
      const answer = await call<LookReplays>(context, options, { method: 'GET', path: `/governance/look-replays?${String(new URLSearchParams({ user, patient: citizen, at }))}` });
      if (!answer) return;
      if (options.json) return context.print(JSON.stringify(answer, null, 2));
      for (const look of answer.looks) sayLook(look).forEach((line) => { context.print(line); });
      if (answer.more) context.print('There were more looks in that time: give a shorter one.');
      if (answer.looks.length === 0) context.print(`No look in that time.${answer.lastBefore ? ` The last before it was on ${answer.lastBefore.at} (${answer.lastBefore.interaction}).` : ' There was none before it either.'}`);
    });
}

function sayLook({ entry, shown, shownOfOthers, withheld, decisions, notYetArrived, decidedAgain }: LookReplay): string[] {
  const sort = (category: string | null, custodian: string | null): string => (category === null ? '' : `  ${category} of ${custodian ?? ''}`);
  return [
    `${entry.at} ${entry.interaction} ${entry.query} (entry ${entry.id})`,
    `  by: ${entry.personName ?? 'a system'}, ${entry.role ?? 'no role'}, ${entry.organisationName ?? entry.organisation ?? 'nobody known'}, for ${entry.purpose ?? 'no purpose'}${entry.emergency.length > 0 ? `, under emergency access ${entry.emergency.join(', ')}` : ''}`,
    ...(entry.within === null ? [] : [`  by an app that could see Patient/${entry.within} alone`]),
    `  ended: ${entry.outcome}, HTTP ${entry.status}${entry.code === null ? '' : ` ${entry.code}`}`,
    ...(entry.shape === null ? [] : [`  of each only ${entry.shape}`]),
    ...shown.map(({ version, parts, category, custodian, replacedAt }) => `  shown: ${version}${sort(category, custodian)}${parts.length === 0 ? '' : `, with ${parts.join(' ')}`}${replacedAt === null ? '' : `, replaced ${replacedAt}`}`),
    ...(shownOfOthers > 0 ? [`  and ${shownOfOthers} versions of other people in the same list`] : []),
    ...withheld.map(({ custodian, category, count }) => `  kept back: ${count} ${category} of ${custodian}`),
    ...decisions.map(({ effect, rule, sentence, count }) => `  ${effect}, rule ${rule} (${count}): ${sentence}`),
    ...notYetArrived.map(({ custodian, category, records, begunBefore }) => `  not in yet: ${records}${sort(category, custodian)}, ${begunBefore} of what had begun by then`),
    ...(decidedAgain === null ? [] : [`  made again from the facts of ${decidedAgain.asOf}: ${decidedAgain.same ? 'the same' : 'NOT the same'}; in force: ${decidedAgain.agreements.map(({ id, version }) => `${id} ${version}`).join(', ')}`]),
    ...(decidedAgain?.notPermitted ?? []).map((version) => `  would not be shown by those facts: ${version}`),
  ];
}
