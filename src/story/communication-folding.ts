import type { PatientCommunication } from '@medplum/fhirtypes';
import { conceptFolding } from './concept-folding.ts';
import type { Folding } from './fold.ts';
import { joinEither } from './fold.ts';
import { joinRest } from './join-rest.ts';

/** One language, whether or not both say that it is preferred; preferred and not preferred are two things said. */
export const communicationFolding: Folding<PatientCommunication> = {
  size: ({ language, preferred }) => conceptFolding.size(language ?? {}) + (preferred === undefined ? 0 : 0.5),
  join(host, other) {
    const rest = joinRest(host, other, ['language']);
    const language = joinEither(conceptFolding, host.language ?? {}, other.language ?? {});
    return rest && language && { ...rest, language };
  },
};
