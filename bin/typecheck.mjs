// Types of both programs: the gateway with its tests, and the viewer, which knows a browser and no Node.
import { spawnSync } from 'node:child_process';

const projects = ['tsconfig.json', 'src/viewer/tsconfig.json'];
const failed = projects.filter((project) => spawnSync(process.execPath, ['node_modules/typescript7/bin/tsc', '-p', project], { stdio: 'inherit' }).status !== 0);
process.exitCode = failed.length > 0 ? 1 : 0;
