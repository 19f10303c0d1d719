import { messagesSchema } from '../mapping-schemas.ts';
import type { SourceFormat } from '../source-format.ts';
import type { MessageSchema } from '../schema-types.ts';
import { readMessage } from './read-message.ts';
import { splitMessages } from './split-messages.ts';

/** HL7 v2 in ER7 encoding, one or many messages. */
export const hl7v2Format: SourceFormat = {
  extension: 'hl7',
  rows: 'messages',
  schema: messagesSchema,
  readSchema: (content) => ({ messages: content as MessageSchema }),
  split: ({ feed, text, most }) => splitMessages(text, feed.senders ?? [], most),
  messageIdAt: () => 'MSH-10',
  read: readMessage,
};
