/** Writes whatever follows from the registry of sources, the schema, the rules of the verdict or the emulators, beside the code: `npm run codegen`. A test compares. */
import { readFileSync, writeFileSync } from 'node:fs';
import { emulatorSet } from '../../../src/emulators/set.ts';
import { sources } from '../../../src/sources/index.ts';
import type { Sources } from '../../../src/sources/source.ts';
import { analystsPage } from './analysts-page.ts';
import { chartReadme } from './chart-readme.ts';
import { valuesSchema } from './chart-schema.ts';
import { type ChartEmulators, sourcesJson } from './chart-sources.ts';
import { valuesYaml } from './chart-values.ts';
import { emulatorsPage } from './emulators-page.ts';
import { envExample } from './env-example.ts';
import { promisedSchema } from './promised-schema.ts';

const at = (path: string) => new URL(`../../../${path}`, import.meta.url);
const read = (path: string) => readFileSync(at(path), 'utf8');

/** Path in the repository → text. */
export function generatedFiles(registry: Sources, emulators: ChartEmulators): Readonly<Record<string, string>> {
  const values = valuesYaml(read('helm/values.yaml'), registry);
  return {
    '.env.example': envExample(registry),
    'helm/files/sources.json': sourcesJson(registry, emulators),
    'helm/values.yaml': values,
    'helm/values.schema.json': valuesSchema(read('helm/values.schema.json'), registry),
    'helm/README.md': chartReadme(values),
    'docs/analysts.md': analystsPage(read('docs/analysts.md'), registry),
    'docs/emulators.md': emulatorsPage(read('docs/emulators.md')),
    'test/graphql/promised.graphql': promisedSchema(read('schema.graphql'), read('test/graphql/promised.graphql')),
  };
}

if (import.meta.main) {
  for (const [path, text] of Object.entries(generatedFiles(sources, emulatorSet))) writeFileSync(at(path), text);
}
