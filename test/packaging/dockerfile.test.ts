import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import dockerignore from '@balena/dockerignore';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { hadolintPath } from '../setup/packaging-tools.ts';
import { parseDockerfile } from '../setup/replay/dockerfile.ts';

const at = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const read = (path: string) => readFileSync(at(path), 'utf8');
const steps = parseDockerfile(read('Dockerfile'));
const lastFrom = steps.findLastIndex(step => step.keyword === 'FROM');
const lastStage = steps.slice(lastFrom);
const ofLastStage = (keyword: string) => lastStage.filter(step => step.keyword === keyword);

describe('the Dockerfile', () => {
  it('has nothing that hadolint would complain of, at any level', () => {
    const args = ['--failure-threshold', 'style', '--format', 'tty', at('Dockerfile')];
    expect(execFileSync(hadolintPath(), args, { encoding: 'utf8' })).toBe('');
  });

  it('builds on the very release of Node that the tests run on', () => {
    const manifest = z
      .object({ devDependencies: z.object({ node: z.string() }) })
      .parse(JSON.parse(read('package.json')));
    const base = `node:${manifest.devDependencies.node}-slim`;
    expect(steps[0]).toMatchObject({ keyword: 'ARG', pairs: { NODE_IMAGE: base } });
    expect(read('SECURITY.md')).toContain(`--build-arg NODE_IMAGE=${base}@sha256:`);
    expect(process.versions.node).toBe(manifest.devDependencies.node);
  });

  it('takes every base from one argument, so that one digest pins them all', () => {
    const bases = steps.filter(step => step.keyword === 'FROM').map(step => step.words[0]);
    for (const base of bases) expect(base).toMatch(/^\$\{NODE_IMAGE\}$/);
  });

  it('has an ordinary user by number, so that Kubernetes can see that it is none of root’s', () => {
    expect(ofLastStage('USER').map(step => step.words)).toEqual([['65532:65532']]);
    expect(lastStage.findLastIndex(step => step.keyword === 'RUN')).toBeLessThan(
      lastStage.findIndex(step => step.keyword === 'USER'),
    );
  });

  it('starts Node itself, which hears SIGTERM', () => {
    expect(ofLastStage('ENTRYPOINT')).toMatchObject([{ isJson: true, words: ['node'] }]);
    expect(ofLastStage('CMD')).toMatchObject([
      { isJson: true, words: ['--max-semi-space-size=16', 'dist/server/main.js'] },
    ]);
    expect(ofLastStage('STOPSIGNAL')).toMatchObject([{ words: ['SIGTERM'] }]);
  });

  it('listens where others can reach it', () => {
    expect(ofLastStage('ENV')).toMatchObject([{ pairs: { HOST: '0.0.0.0', PORT: '4000', NODE_ENV: 'production' } }]);
  });

  it('says what the image is', () => {
    const labels = Object.keys(ofLastStage('LABEL')[0]?.pairs ?? {});
    for (const name of ['title', 'description', 'licenses', 'version', 'revision'])
      expect(labels).toContain(`org.opencontainers.image.${name}`);
  });
});

describe('.dockerignore', () => {
  const ignored = dockerignore.default().add(read('.dockerignore'));

  it.each([
    '.env',
    '.env.local',
    'examples/board/.env',
    'tls/private.key',
    'ca.pem',
    '.git/config',
    'node_modules/a/b.js',
    'test/a.ts',
  ])('keeps %s out of the build', path => expect(ignored.ignores(path)).toBe(true));

  it.each(['package.json', 'package-lock.json', 'rolldown.config.ts', 'schema.graphql', 'src/main.ts'])(
    'lets %s in',
    path => expect(ignored.ignores(path)).toBe(false),
  );
});
