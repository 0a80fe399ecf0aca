/** What `dist` is made of: `sbom.cdx.json` (CycloneDX) for scanners, `licenses.txt` because the licences ask for it. */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const strings = z.array(z.string());
const manifest = z.object({ name: z.string(), version: z.string(), license: z.string().optional() });
const sbom = z.looseObject({
  metadata: z.looseObject({ component: z.looseObject({ 'bom-ref': z.string() }) }),
  components: z.array(z.looseObject({ 'bom-ref': z.string() })),
  dependencies: z.array(z.object({ ref: z.string(), dependsOn: strings })),
});

const readJson = (file: string): unknown => JSON.parse(readFileSync(file, 'utf8'));
const lists = ['board', 'graphiql', 'server'].map(bundle => `dist/${bundle}/packages.json`).filter(existsSync);
const folders = [...new Set(lists.flatMap(list => strings.parse(readJson(list))))].sort();
const packages = folders.map(folder => ({ folder, ...manifest.parse(readJson(join(folder, 'package.json'))) }));

/** npm knows what is installed; of that only what is bundled, whether it counts as a dev dependency or not. */
function billOfMaterials() {
  const options = ['sbom', '--package-lock-only', '--sbom-format', 'cyclonedx', '--sbom-type', 'application'];
  const output = execFileSync('npm', options, { encoding: 'utf8', maxBuffer: 2 ** 26 });
  const { serialNumber, metadata, components, dependencies, ...rest } = sbom.parse(JSON.parse(output));
  const { timestamp, component, ...about } = metadata;
  const root = component['bom-ref'];
  const bundled = new Set([root, ...packages.map(({ name, version }) => `${name}@${version}`)]);
  return {
    ...rest,
    // npm names it after its folder. Without time and number, the same release is the same file.
    metadata: { ...about, component: { ...component, name: manifest.parse(readJson('package.json')).name } },
    components: components
      .filter(({ 'bom-ref': ref }) => bundled.has(ref))
      .map(({ properties, ...one }) => ({ ...one, scope: 'required' })),
    dependencies: dependencies
      .filter(({ ref }) => bundled.has(ref))
      .map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter(other => bundled.has(other)) })),
  };
}

/** The notices of one package, as it has them. */
function noticesOf({ folder, name, version, license }: (typeof packages)[number]): string {
  const files = readdirSync(folder).filter(file => /^(licen[cs]e|notice)/i.test(file));
  const texts = files.map(file => readFileSync(join(folder, file), 'utf8').trim());
  return [`${name} ${version}: ${license ?? 'see below'}`, ...texts].join('\n\n');
}

writeFileSync('dist/sbom.cdx.json', `${JSON.stringify(billOfMaterials(), null, 2)}\n`);
writeFileSync('dist/licenses.txt', `${packages.map(noticesOf).join(`\n\n${'-'.repeat(80)}\n\n`)}\n`);
