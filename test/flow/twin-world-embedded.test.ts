import { describeTwinWorlds } from './twin-world.ts';

/** With the notice that tells most, which PostgreSQL is not asked with; `npm run check:twin -- --notice generic` asks the same of the third. */
describeTwinWorlds({ kind: 'pglite', notice: 'organisation', requests: 100 });
