import type { Connection, Database } from '../../src/store/database.ts';

/** The same database, with the text of every statement that is sent to it. */
export function listening(database: Database): { database: Database; statements: string[] } {
  const statements: string[] = [];
  const heard = <Result>(text: string, send: () => Result): Result => {
    statements.push(text);
    return send();
  };
  return {
    statements,
    database: {
      ...database,
      query: (text, values, name) => heard(text, () => database.query(text, values, name)),
      serve: (role, grantKey, statement) => heard(statement.text, () => database.serve(role, grantKey, statement)),
      transaction: (work) => database.transaction((connection) => work({ query: ((text: string | { text: string }, values?: unknown[]) => heard(typeof text === 'string' ? text : text.text, () => connection.query(text as string, values))) as Connection['query'] })),
    },
  };
}
