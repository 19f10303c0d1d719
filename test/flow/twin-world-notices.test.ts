import { describeTwinWorlds } from './twin-world.ts';

/** The notice that tells most; `npm run check:twin -- --notice generic` asks the same of the other. */
describeTwinWorlds({ kind: 'postgresql', notice: 'organisation', requests: 40 });
