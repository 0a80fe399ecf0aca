import { cpSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { chartFolder, helm, valueSets } from './chart.ts';

/** helm prints notes only when it has a cluster, so a copy of the chart renders them as a file. */
const folder = mkdtempSync(join(tmpdir(), 'notes-'));
afterAll(() => rmSync(folder, { recursive: true }));
cpSync(chartFolder, folder, { recursive: true });
const notesFile = join(folder, 'templates/notes.yaml');
renameSync(join(folder, 'templates/NOTES.txt'), notesFile);
writeFileSync(
  notesFile,
  `notes: {{ include "notes" . | toJson }}\n{{- define "notes" }}${readFileSync(notesFile, 'utf8')}{{ end }}\n`,
);

function notes(set: string, ...more: readonly string[]): string {
  const text = helm(
    'template',
    'soc',
    folder,
    ...(valueSets[set] ?? []),
    ...more,
    '--show-only',
    'templates/notes.yaml',
  );
  return JSON.parse(/^notes: (.*)$/m.exec(text)?.[1] ?? '""');
}

describe('what helm says after an installation', () => {
  it.each(Object.keys(valueSets))('tells the next steps with the value set %s', set => {
    const text = notes(set);
    for (const step of ['rollout status deployment/', 'helm test soc', 'Ask it:']) expect(text).toContain(step);
    expect(text).not.toMatch(/<no value>|<nil>|%!/);
  });

  it('names what is missing before the pods can start, and a way without keys', () => {
    const text = notes('defaults');
    for (const name of [
      'NOT READY',
      'auth.existingSecret',
      'datadog.existingSecret',
      'argus.existingSecret',
      'emulators.enabled',
    ])
      expect(text).toContain(name);
    expect(notes('minimal')).not.toContain('NOT READY');
    expect(notes('defaults', '--set', 'extraEnvFrom[0].secretRef.name=all')).not.toContain('NOT READY');
  });

  it('says where the image must be, where no registry is named', () => {
    expect(notes('minimal')).toContain('indicator-gateway:0.1.0, without a registry');
    expect(notes('everything')).not.toContain('without a registry');
  });

  it('says which source is not configured, and where the cache is', () => {
    expect(notes('no-redis')).toMatch(/Datadog configured; Argus UNCONFIGURED[\s\S]*each replica's own memory/);
    expect(notes('minimal')).toContain('Datadog configured; Argus configured');
    expect(notes('minimal')).not.toContain('own memory');
  });

  it('shows the address as callers write it, the prefix of their proxy included', () => {
    expect(notes('everything')).toContain('https://indicators.example.org/ioc/graphql\n');
    expect(notes('everything', '--set', 'config.BASE_PATH=/')).toContain('https://indicators.example.org/graphql\n');
  });

  it('shows the host of a route, and the namespace that objects are in', () => {
    const route = 'httpRoute.enabled=true,httpRoute.parentRefs[0].name=a,httpRoute.hostnames[0]=ioc.example.org';
    expect(notes('minimal', '--set', route)).toContain('https://ioc.example.org/graphql\n');
    expect(notes('minimal', '--set', 'namespaceOverride=soc')).toContain('kubectl -n soc rollout');
  });

  it('says where the board is, where it is on', () => {
    expect(notes('everything')).toContain('at /board');
    expect(notes('minimal')).not.toContain('board');
  });

  it('warns of emulated answers and of open doors', () => {
    expect(notes('emulators')).toMatch(/EMULATED[\s\S]*trials[\s\S]*secret soc-indicator-gateway-trial/);
    expect(notes('open')).toContain('OPEN to everybody');
  });
});
