import { printDate, printDateTime, printTime } from './print-moment.ts';
import type { Printed } from './print-moment.ts';
import { timeFormat } from './time-format.ts';
import type { Moment } from './time-format.ts';
import { fieldOf, literalText, oneText } from './transform.ts';
import type { Argument, Transform, TransformContext, TransformKind } from './transform.ts';

/** toDate, toDateTime, toTime (v, format?): the format is ISO 8601 when it is left out. */
export const timeTransforms: [string, TransformKind][] = [
  ['toDate', { least: 1, most: 2, compile: (args, context) => compileTime(args, context, 'date', 'iso', printDate) }],
  ['toDateTime', { least: 1, most: 2, compile: (args, context) => compileTime(args, context, 'dateTime', 'iso', (moment) => printDateTime(moment, context.zone)) }],
  ['toTime', { least: 1, most: 2, compile: (args, context) => compileTime(args, context, 'time', 'iso-time', printTime) }],
];

const wrongs = {
  'no-such-date': 'This date does not exist in the calendar',
  'no-such-time': 'This time does not exist on that day',
  incomplete: 'This value is less precise than the target needs',
};

function compileTime(args: Argument[], context: TransformContext, type: string, byDefault: string, print: (moment: Moment) => Printed): Transform {
  const [value] = args;
  const written = args.length > 1 ? literalText(args[1], 'a format', context) : byDefault;
  const name = type === 'time' && written === 'hl7' ? 'hl7-time' : written;
  const read = timeFormat(name);
  if (!read) {
    return context.place.unit.fail(args[1]?.syntax.at ?? context.offset, 'map-transform', `${written} is not a date format`, "use hl7, iso or a pattern of yyyy MM dd HH mm ss, for example 'dd/MM/yyyy HH:mm'");
  }
  return {
    type,
    carries: args,
    evaluate(frame, run, element) {
      const text = oneText(value, frame, run, context)?.trim();
      if (text === undefined || text === '') return undefined;
      const moment = read(text);
      if (!moment) {
        run.fail('bad-date', `This value is not a ${type} in the format ${written}`, context.at, fieldOf(value, frame), { expected: written });
        return undefined;
      }
      const isInstant = element?.types.length === 1 && element.types[0] === 'instant';
      const printed = isInstant && moment.hour === undefined ? { wrong: 'incomplete' as const } : print(moment);
      if ('wrong' in printed) {
        run.fail(printed.wrong === 'incomplete' ? 'bad-date' : printed.wrong, wrongs[printed.wrong], context.at, fieldOf(value, frame));
        return undefined;
      }
      if (printed.ambiguous) run.warn('ambiguous-time', 'The clocks showed this time twice that night: the first is taken', context.at, fieldOf(value, frame));
      return printed.text;
    },
  };
}
