import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { credential, variableNames } from '../../src/config/variables.ts';
import { emulatorSet } from '../../src/emulators/set.ts';
import { sources } from '../../src/sources/index.ts';
import type { SourceDefinition } from '../../src/sources/source.ts';
import { generatedFiles } from '../setup/codegen/main.ts';
import { promisedSchema } from '../setup/codegen/promised-schema.ts';
import { chartFolder, gatewayEnvironment, helm, objectsIn, ofKind, podOf, readChartFile, theOne } from './chart.ts';

const readFromRoot = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

describe('what follows from the registry of sources', () => {
  it.each(Object.entries(generatedFiles(sources, emulatorSet)))(
    'is in %s; `npm run codegen` writes it anew',
    (path, text) => {
      expect(readFromRoot(path)).toBe(text);
    },
  );

  it('is refused where the schema breaks what clients were promised, and takes over what it adds', () => {
    const [schema, promised] = ['schema.graphql', 'test/graphql/promised.graphql'].map(readFromRoot) as [
      string,
      string,
    ];
    const without = schema.replace('  threatScore: Float\n', '  threatLevel: Float\n');
    expect(() => promisedSchema(without, promised)).toThrow('Indicator.threatScore was removed');
    expect(promisedSchema(`${schema}\n"New." type New { id: ID! }`, promised)).toContain('type New {\n  id: ID!\n}');
  });

  it('is refused where a variable has no description', () => {
    const silent = { ...third, configuration: { ...third.configuration, variables: z.object({ X: z.string() }) } };
    expect(() => generatedFiles({ THIRD: silent }, emulators)).toThrow('X needs a description');
  });
});

/** A word that only something of one source would hold: its names, and what its variables begin with. */
const wordsOf = ({ name, title, configuration }: SourceDefinition) => [
  name,
  title,
  name.replaceAll('_', ''),
  ...variableNames(configuration.variables).map(variable => variable.replace(/_.*/, '_')),
];
const anySource = new RegExp(Object.values(sources).flatMap(wordsOf).join('|'), 'i');

describe('what is written by hand', () => {
  it('names no source in any template of the chart', () => {
    const templates = readdirSync(join(chartFolder, 'templates'), { recursive: true, encoding: 'utf8' });
    const texts = templates.filter(file => /\.\w+$/.test(file)).map(file => [file, readChartFile(`templates/${file}`)]);
    expect(texts.length).toBeGreaterThan(10);
    expect(texts.filter(([, text = '']) => anySource.test(text))).toEqual([]);
  });

  it('names no source in the values, their schema and .env.example', () => {
    const withoutSources = generatedFiles({}, {});
    for (const path of ['helm/values.yaml', 'helm/values.schema.json', '.env.example'])
      expect(withoutSources[path]).not.toMatch(anySource);
    expect(readChartFile('values.yaml')).toMatch(anySource);
  });
});

const third: SourceDefinition = {
  ...sources.ARGUS,
  name: 'VIRUS_TOTAL',
  title: 'VirusTotal',
  callerKeyHeaders: { 'X-Apikey': 'x-apikey' },
  configuration: {
    ...sources.ARGUS.configuration,
    variables: z.object({ VIRUS_TOTAL_API_KEY: credential.describe('The API key of the third source.') }),
    defaults: { url: 'https://third.example', timeoutMs: 3000, concurrency: 8 },
    credentials: [['VIRUS_TOTAL_API_KEY']],
  },
};
const emulators = { ...emulatorSet, virus_total: { port: 4012, credentials: { VIRUS_TOTAL_API_KEY: 'demo-third' } } };

describe('a third source, by its line in the registry alone,', () => {
  const files = generatedFiles({ ...sources, VIRUS_TOTAL: third }, emulators);
  const folder = mkdtempSync(join(tmpdir(), 'third-source-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const chart = join(folder, 'helm');
  cpSync(chartFolder, chart, { recursive: true });
  for (const [path, text] of Object.entries(files))
    if (path.startsWith('helm/')) writeFileSync(join(folder, path), text);

  const setting = (...pairs: readonly string[]) => pairs.flatMap(pair => ['--set', pair]);
  const rendered = (...pairs: readonly string[]) => objectsIn(helm('template', 'soc', chart, ...setting(...pairs)));

  it('stands in .env.example with each of its variables', () => {
    const block = /# ---- VirusTotal\n([\s\S]*?)\n\n/.exec(files['.env.example'] ?? '')?.[1];
    expect(block).toContain('# The API key of the third source.\nVIRUS_TOTAL_API_KEY=\nVIRUS_TOTAL_API_KEY_FILE=');
    expect(block?.match(/^\w+=.*$/gm)).toEqual([
      'VIRUS_TOTAL_API_KEY=',
      'VIRUS_TOTAL_API_KEY_FILE=',
      'VIRUS_TOTAL_URL=https://third.example',
      'VIRUS_TOTAL_TIMEOUT_MS=3000',
      'VIRUS_TOTAL_CONCURRENCY=8',
      'VIRUS_TOTAL_CACHE_FRESH_SECONDS=',
      'VIRUS_TOTAL_CACHE_STALE_SECONDS=',
      'VIRUS_TOTAL_CACHE_NEGATIVE_SECONDS=',
      'VIRUS_TOTAL_KEY_FROM=service',
      'VIRUS_TOTAL_SCOPE=',
    ]);
  });

  it('stands in the README of the chart with each of its values', () => {
    const rows = files['helm/README.md']?.match(/^\| `virusTotal\..*$/gm)?.map(row => row.split(' | ').slice(0, 2));
    expect(rows).toEqual([
      ['| `virusTotal.existingSecret`', ''],
      ['| `virusTotal.secretKeys.apiKey`', '`api-key`'],
      ['| `virusTotal.url`', ''],
      ['| `virusTotal.keyFrom`', '`service`'],
    ]);
  });

  it('passes helm lint --strict', () => {
    expect(helm('lint', '--strict', chart)).toContain('0 chart(s) failed');
  });

  it('gets its secret as a file, its address, its scope and its other variables', () => {
    const all = rendered(
      'virusTotal.existingSecret=soc-third,virusTotal.secretKeys.apiKey=token',
      'virusTotal.url=https://proxy.example',
      'config.VIRUS_TOTAL_SCOPE=third,config.VIRUS_TOTAL_CONCURRENCY=2',
    );
    expect(gatewayEnvironment(all)).toMatchObject({
      VIRUS_TOTAL_API_KEY_FILE: '/etc/indicator-gateway/secrets/VIRUS_TOTAL_API_KEY',
      VIRUS_TOTAL_URL: 'https://proxy.example',
      VIRUS_TOTAL_SCOPE: 'third',
      VIRUS_TOTAL_CONCURRENCY: '2',
    });
    const volumes = JSON.stringify(podOf(theOne(all, 'Deployment', 'gateway')).volumes);
    expect(volumes).toContain('{"name":"soc-third","items":[{"key":"token","path":"VIRUS_TOTAL_API_KEY"}]}');
  });

  it('is asked with the keys of callers where it shall be', () => {
    expect(gatewayEnvironment(rendered('virusTotal.keyFrom=caller'))).toMatchObject({ VIRUS_TOTAL_KEY_FROM: 'caller' });
  });

  it('gets its secret from an ExternalSecret', () => {
    const all = rendered(
      'externalSecret.enabled=true,externalSecret.store.name=vault',
      'externalSecret.data.VIRUS_TOTAL_API_KEY.key=soc/third',
    );
    expect(gatewayEnvironment(all)).toHaveProperty('VIRUS_TOTAL_API_KEY_FILE');
    expect(JSON.stringify(theOne(all, 'ExternalSecret').spec)).toContain('"secretKey":"VIRUS_TOTAL_API_KEY"');
  });

  it('is emulated in a trial, which the gateway may reach', () => {
    const all = rendered('emulators.enabled=true');
    expect(gatewayEnvironment(all)).toMatchObject({
      VIRUS_TOTAL_URL: 'http://soc-indicator-gateway-emulators:4012',
      VIRUS_TOTAL_API_KEY_FILE: '/etc/indicator-gateway/secrets/VIRUS_TOTAL_API_KEY',
    });
    expect(theOne(all, 'Secret').stringData).toMatchObject({ VIRUS_TOTAL_API_KEY: 'demo-third' });
    expect(podOf(theOne(all, 'Deployment', 'emulators')).containers[0]).toMatchObject({
      env: expect.arrayContaining([{ name: 'EMULATOR_VIRUS_TOTAL_PORT', value: '4012' }]),
      ports: expect.arrayContaining([{ name: 'virus-total', containerPort: 4012 }]),
    });
    expect(JSON.stringify(ofKind(all, 'NetworkPolicy'))).toContain('{"port":"virus-total"}');
  });

  it.each([
    ['virusTotal.existingSecrets=a', "at '/virusTotal': additional properties 'existingSecrets' not allowed"],
    ['virusTotal.secretKeys.apikey=a', "at '/virusTotal/secretKeys': additional properties 'apikey' not allowed"],
    ['config.VIRUS_TOTAL_SCOPES=a', "at '/config': additional properties 'VIRUS_TOTAL_SCOPES' not allowed"],
    ['config.VIRUS_TOTAL_CONCURRENCY=0', "at '/config/VIRUS_TOTAL_CONCURRENCY': minimum: got 0, want 1"],
    ['virusTotal.existingSecret=a,virusTotal.keyFrom=caller', 'virusTotal.keyFrom=caller uses each caller'],
    ['virusTotal.existingSecret=a,emulators.enabled=true', 'leave virusTotal.existingSecret and virusTotal.url unset'],
    ['config.VIRUS_TOTAL_SCOPE=a,auth.mode=none', 'none can carry config.VIRUS_TOTAL_SCOPE'],
  ])('is refused what is wrong: %s', (pair, complaint) => {
    expect(() => rendered(pair)).toThrow(complaint);
  });
});
