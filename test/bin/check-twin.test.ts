import { execFile } from 'node:child_process';
import { join } from 'node:path';

/** Ends before it starts a database: what it says, and the code it ends with. */
function checkTwin(...args: string[]): Promise<[code: unknown, said: string]> {
  return new Promise((resolve) => {
    execFile(process.execPath, [join(import.meta.dirname, '../../bin/check-twin.ts'), ...args], (error, _out, said) => { resolve([error?.code ?? 0, said]); });
  });
}

it('starts, and says what an option takes', async () => {
  const right = ['--requests', '3', '--seed', '2', '--persona', 'ward-doctor'];
  const [persona, notice] = await Promise.all([checkTwin('--persona', 'nobody'), checkTwin(...right, '--notice', 'some')]);
  expect(persona).toEqual([64, expect.stringMatching(/^--persona takes one of [\w, -]*ward-doctor[\w, -]*\.\n$/)]);
  expect(notice).toEqual([64, '--notice takes one of none, generic, organisation.\n']);
});
