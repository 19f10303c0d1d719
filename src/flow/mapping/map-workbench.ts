import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { checkBirthDate } from '../../fhir/check-birth-date.ts';
import { loadDefinitions } from '../../fhir/definitions.ts';
import type { JsonObject } from '../../fhir/json.ts';
import { loadProfiles } from '../../fhir/profiles.ts';
import { Refusal, type Problem } from '../../fhir/problem.ts';
import { validateResource } from '../../fhir/validate-resource.ts';
import { loadMappings, type Mappings } from '../../intake/load-mappings.ts';
import type { Feed, Kind, Part } from '../../intake/types.ts';
import type { CompiledMap } from '../../mapping/types.ts';
import { checkNumber } from '../intake/check-number.ts';
import { compileMaps } from '../intake/compile-maps.ts';

/** A folder of maps as an analyst tries them: without a database, compiled when asked for, with their trace. */
export interface Workbench {
  /** as its files are named to whoever reads the result */
  folder: string;
  mappings: Mappings;
  mapOf(feed: Feed, kind: Kind, part: Part): CompiledMap;
  validate(resource: JsonObject): Problem[];
}

/** Opens a folder such as mappings/. Refused with every mistake in its files; a map's own mistakes are told when it is asked for. */
export function openWorkbench(folder: string, profilesFolder: string, clock: () => Date): Workbench {
  if (!existsSync(join(folder, 'feeds.yaml'))) {
    throw new Refusal({ category: 'not-found', code: 'mappings-not-found', text: 'This folder holds no maps.', at: { file: folder }, expected: 'a folder with feeds.yaml, partners.yaml and one folder for each kind' });
  }
  loadDefinitions();
  loadProfiles(profilesFolder);
  const mappings = loadMappings(folder);
  if ('problems' in mappings) throw refusalIn(folder, mappings.problems);
  const compiled = new Map<string, ReadonlyMap<string, CompiledMap>>();
  return {
    folder, mappings,
    validate: (resource) => [...validateResource(resource), ...checkBirthDate(resource, clock()), ...checkNumber(resource)],
    mapOf(feed, kind, part) {
      const key = `${kind.name}/${feed.partner.partnerKey}`;
      const maps = compiled.get(key) ?? compileOrRefuse(folder, mappings, kind, feed.partner.partnerKey);
      compiled.set(key, maps);
      const map = maps.get(part.name);
      if (!map) throw new Error('a part without a compiled map');
      return map;
    },
  };
}

function compileOrRefuse(folder: string, mappings: Mappings, kind: Kind, partnerKey: string): ReadonlyMap<string, CompiledMap> {
  const { maps, problems } = compileMaps(kind, mappings.files(kind.name, partnerKey), { trace: true });
  if (problems.length > 0) throw refusalIn(folder, problems);
  return maps;
}

/** Files of the folder, named so that they can be opened from where the command runs. */
function refusalIn(folder: string, problems: readonly Problem[]): Refusal {
  return new Refusal(...problems.map((problem) => (problem.at?.file === undefined ? problem : { ...problem, at: { ...problem.at, file: join(folder, problem.at.file) } })));
}
