import { compileSharedMap, sharedRecord } from './mapping.ts';

/** Maps as many records as its argument says, one after another, and prints the most memory the process ever held, in MB. */
const map = compileSharedMap();
for (let number = 0; number < Number(process.argv[2]); number += 1) map.run(sharedRecord(number));
process.stdout.write(String(Math.round(process.resourceUsage().maxRSS / 1024)));
