// Run as a process of its own: takes the lock of the folder named first, says what came of it, and keeps it until its
// standard input ends.
import { lockDataFolder } from '../../src/edge/data-folder-lock.ts';

const lock = lockDataFolder(process.argv[2] ?? '');
process.stdout.write(`${JSON.stringify(lock.kind === 'locked' ? { kind: 'locked', pid: process.pid } : lock)}\n`);
if (lock.kind === 'locked') process.stdin.resume();
