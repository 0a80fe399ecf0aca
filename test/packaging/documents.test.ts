import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { errorCodes } from '../../src/graphql/error-codes.ts';
import { chartReadme } from '../setup/codegen/chart-readme.ts';
import { readChartFile } from './chart.ts';
import { configVariables } from './config-variables.ts';

const operations = readFileSync(new URL('../../docs/operations.md', import.meta.url), 'utf8');

describe('the chart’s README', () => {
  it('refuses a value that nobody has described', () => {
    expect(() => chartReadme('image:\n  tag: ""\n')).toThrow('image.tag in values.yaml has no comment');
  });
});

describe('the operations page', () => {
  it('links only to sections that it has', () => {
    const sections = [...operations.matchAll(/^#+ (.+)$/gm)].map(([, title = '']) =>
      title.toLowerCase().replaceAll(' ', '-'),
    );
    for (const [, anchor] of operations.matchAll(/\]\(#([^)]+)\)/g)) expect(sections).toContain(anchor);
  });

  it('speaks only of metrics that the alerts, the dashboard or the gateway know', async () => {
    const { createMetrics } = await import('../../src/observability/metrics.ts');
    const metrics = createMetrics();
    metrics.redisUp(true); // without Redis there is nothing to tell of it
    const { text } = await metrics.expose();
    for (const [name] of operations.matchAll(/gateway_\w+/g)) expect(text).toContain(`# TYPE ${name} `);
  });

  it('speaks only of variables that the gateway knows', () => {
    const others = ['NODE_OPTIONS', 'STALE_CACHE', 'REGISTRY_USER', 'REGISTRY_PASSWORD'];
    const words = [...operations.matchAll(/`([A-Z]+(?:_[A-Z]+)+)(?:=[^`]*)?`/g)].map(([, name = '']) => name);
    expect(words.filter(name => ![...configVariables, ...others, ...errorCodes].includes(name))).toEqual([]);
  });

  it('speaks only of values that the chart has', () => {
    const schema = readChartFile('README.md');
    const paths = [
      ...operations.matchAll(
        /`((?:redis|autoscaling|networkPolicy|serviceMonitor|prometheusRule|dashboard|resources|test)\.[\w.]+)`/g,
      ),
    ];
    expect(paths.length).toBeGreaterThan(8);
    for (const [, path = ''] of paths)
      expect(schema, path).toContain(`| \`${path.replace(/^resources\..*/, 'resources')}\` |`);
  });
});
