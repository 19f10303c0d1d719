import { describeTwinWorlds } from './twin-world.ts';

describeTwinWorlds({ kind: 'pglite', notice: 'none', requests: 100 });
