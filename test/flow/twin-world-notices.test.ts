import { describeTwinWorlds } from './twin-world.ts';

describeTwinWorlds({ kind: 'postgresql', notice: 'generic', requests: 40 });
describeTwinWorlds({ kind: 'postgresql', notice: 'organisation', requests: 40 });
