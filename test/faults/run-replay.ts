import { openPostgres } from '../../src/store/database.ts';
import { integrationOf, request, untilReplay } from '../flow/replay-works.ts';
import { openWorks } from './open-works.ts';

/** A gateway's services in a process of their own, so that it can be killed: with a folder of mappings, and told to start or approve a replay. */
const [url = '', mappings = '', command = ''] = process.argv.slice(2);
const { services } = await openWorks(await openPostgres(url), { mappings, replayTogether: { people: 1, rows: 1 } });
if (command === 'start') await services.feedWork.replay.start(integrationOf(), 'uhb-adt', request);
if (command === 'approve') await services.feedWork.replay.approve(integrationOf(), 'uhb-adt', (await untilReplay(services, 'uhb-adt', 'ready')).candidate, request);
