import { describeTwinWorlds } from './twin-world.ts';

describeTwinWorlds({ kind: 'postgresql', notice: 'none', requests: 500 });
