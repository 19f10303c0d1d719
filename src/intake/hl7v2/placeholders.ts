import type { MessageSchema } from '../schema-types.ts';

/** Whether a date field holds a day that means "unknown" or "no end". */
export function isPlaceholder({ dates, placeholders }: Pick<MessageSchema, 'dates' | 'placeholders'>, field: string, raw: string): boolean {
  return raw.length >= 8 && placeholders.includes(raw.trim().slice(0, 8)) && dates.includes(field);
}
