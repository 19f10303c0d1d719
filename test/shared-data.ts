import { join } from 'node:path';

/** Public samples, read where they lie beside the project; what needs them is skipped, and says so, where they are not. */
export const sharedData = join(import.meta.dirname, '../../shared/data');
