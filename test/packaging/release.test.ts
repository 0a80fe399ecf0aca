import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { brokenInSchema, brokenInValues, lastRelease, unlisted } from './released.ts';

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const released = (name: string) => read(`test/packaging/${name.replace('.', `-${lastRelease}.`)}`);

describe('since the last release', () => {
  it('whatever breaks in the schema has its line in CHANGELOG.md: "Breaking: …"', () => {
    expect(unlisted(brokenInSchema(released('schema.graphql'), read('schema.graphql')), read('CHANGELOG.md'))).toEqual(
      [],
    );
  });

  it('whatever breaks in the chart\'s values has its line in CHANGELOG.md: "Breaking: …"', () => {
    expect(unlisted(brokenInValues(released('values.yaml'), read('helm/values.yaml')), read('CHANGELOG.md'))).toEqual(
      [],
    );
  });

  it('a field that is gone, a value that is gone and another default would be missed', () => {
    const schema = brokenInSchema('type Query { a: Int b: Int }', 'type Query { a: Int }');
    const values = brokenInValues('a: { b: 1, c: 2 }\nd: [1]\n', 'a: { b: 1 }\nd: [2]\ne: 3\n');
    const broken = [...schema, ...values];
    expect(broken).toEqual([
      'Query.b was removed.',
      "The chart's value a.c was removed.",
      "The chart's value d is [2] by default, not [1].",
    ]);
    const listed = '# Changelog\n## Unreleased\n- Breaking: `Query.b`\n  was removed. Ask a.\n## 1.0.0\n';
    expect(unlisted(broken, listed)).toEqual(values);
    expect(unlisted(broken, listed.replace('Unreleased', 'x\n## 0.9.0'))).toEqual(broken);
  });

  it('one version stands in the package, the chart, the image and the documents', () => {
    const { version } = JSON.parse(read('package.json'));
    expect(read('helm/Chart.yaml')).toContain(`\nversion: ${version}\nappVersion: ${version}\n`);
    expect(read('Dockerfile')).toContain(`ARG VERSION=${version}\n`);
    const pages = ['README.md', 'SECURITY.md', 'docs/clients.md', 'docs/operations.md'].map(read).join();
    const named = [...pages.matchAll(/indicator-gateway[:-](\d+\.\d+\.\d+)/g)].map(([, one]) => one);
    expect(named.length).toBeGreaterThan(5);
    expect(new Set(named)).toEqual(new Set([version]));
  });
});
