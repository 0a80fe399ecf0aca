import { readFileSync } from 'node:fs';
import { parser } from '@prometheus-io/lezer-promql';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createMetrics } from '../../src/observability/metrics.ts';
import { createTrace } from '../../src/observability/trace.ts';
import { objects, readChartFile, readChartYaml, theOne } from './chart.ts';

/** Every series that the gateway can show, once each of its recorders was called. Prometheus adds these labels itself. */
const scraped = ['job', 'namespace', 'pod', 'instance'];
/** A series that Prometheus itself writes of each target. */
const ofPrometheus = new Map([['up', new Set(scraped)]]);

async function exposed(): Promise<Map<string, Set<string>>> {
  const metrics = createMetrics({ sources: ['ARGUS'] });
  for (const outcome of ['ok', 'partial', 'failed', 'refused', 'cancelled'] as const) metrics.operation(outcome, 0.1);
  for (const outcome of [
    'ok',
    'absent',
    'DENIED',
    'REJECTED',
    'RATE_LIMITED',
    'TIMED_OUT',
    'UNAVAILABLE',
    'MALFORMED',
  ] as const) {
    metrics.upstreamCall('ARGUS', 'search', outcome, 0.1);
  }
  metrics.upstreamRetry('ARGUS');
  metrics.upstreamFieldUnreadable('ARGUS', 'flags');
  metrics.upstreamCircuit('ARGUS', 'OPEN');
  metrics.upstreamBudget('DATADOG', 1);
  metrics.upstreamQueue('ARGUS', 1);
  metrics.upstreamConcurrency('ARGUS', 4);
  for (const reason of ['circuit', 'late', 'overloaded', 'rate_limit', 'credential'] as const)
    metrics.upstreamRefused('ARGUS', reason);
  metrics.batchSize('ARGUS', 1);
  metrics.coalesced('ARGUS', 1);
  metrics.overloadRefused('full');
  const answers = createTrace();
  answers.live('ARGUS');
  for (const answer of answers.summary()) metrics.answers(answer);
  for (const tier of ['memory', 'redis'] as const) {
    for (const outcome of ['hit', 'miss', 'garbage', 'foreign', 'unsigned'] as const) metrics.cache(tier, outcome);
    for (const outcome of ['timeout', 'error', 'write', 'write_error', 'dropped'] as const)
      metrics.cache(tier, outcome);
  }
  metrics.redisUp(true);
  const labels = new Map<string, Set<string>>(ofPrometheus);
  for (const [, name = '', inside = ''] of (await metrics.expose()).text.matchAll(/^(\w+)(?:\{(.*)\})? \S+$/gm)) {
    const seen = labels.get(name) ?? new Set(scraped);
    for (const [pair, label = ''] of inside.matchAll(/(\w+)="[^"]*"/g)) seen.add(pair).add(label);
    labels.set(name, seen);
  }
  return labels;
}

/** The texts of all nodes of these kinds below an expression; an expression that Prometheus would refuse throws. */
function parts(expression: string, ...kinds: readonly string[]): string[] {
  const found: string[] = [];
  parser.parse(expression).iterate({
    enter(node) {
      if (node.type.isError) throw new Error(`not PromQL at ${node.from}: ${expression}`);
      if (kinds.includes(node.name)) found.push(expression.slice(node.from, node.to));
    },
  });
  return found;
}

/** What is wrong with an expression, given the series that exist. */
function problems(expression: string, labels: ReadonlyMap<string, ReadonlySet<string>>): string[] {
  const selectors = parts(expression, 'VectorSelector');
  const unknown = parts(expression, 'Identifier').filter(name => !labels.has(name));
  const grouped = new Set(selectors.flatMap(one => [...(labels.get(parts(one, 'Identifier')[0] ?? '') ?? [])]));
  const badGroups = parts(expression, 'GroupingLabels')
    .flatMap(group => group.match(/\w+/g) ?? [])
    .filter(label => !grouped.has(label));
  const badMatchers = selectors.flatMap(selector => {
    const own = labels.get(parts(selector, 'Identifier')[0] ?? '') ?? new Set();
    return [...selector.matchAll(/(\w+)=~?"([^"]*)"/g)]
      .filter(
        ([, label = '', values = '']) =>
          !(scraped.includes(label) || values.split('|').every(one => own.has(`${label}="${one}"`))),
      )
      .map(([matcher]) => matcher);
  });
  return [...unknown, ...badGroups, ...badMatchers];
}

const alertFile = z.object({
  groups: z.array(
    z.object({
      name: z.string(),
      rules: z.array(
        z.object({
          alert: z.string(),
          expr: z.string(),
          for: z.string().optional(),
          labels: z.object({ severity: z.enum(['critical', 'warning']) }),
          annotations: z.object({ summary: z.string(), description: z.string(), runbook_url: z.string().optional() }),
        }),
      ),
    }),
  ),
});
const alertsIn = (file: unknown) => alertFile.parse(file).groups.flatMap(group => group.rules);
const alerts = alertsIn(readChartYaml('files/alerts.yaml'));

const dashboard = z.object({
  panels: z.array(z.looseObject({ title: z.string(), targets: z.array(z.object({ expr: z.string() })).default([]) })),
});
const panels = dashboard
  .parse(JSON.parse(readChartFile('files/dashboard.json')))
  .panels.filter(one => one.targets.length > 0);
const asPrometheusSees = (expression: string) =>
  expression.replaceAll('$__rate_interval', '5m').replaceAll('$job', '.*');

const labels = await exposed();

describe('an alert', () => {
  it.each(alerts.map(({ alert, expr }) => [alert, expr]))(
    '%s speaks only of metrics, labels and values that exist',
    (_, expr) => {
      expect(problems(expr, labels)).toEqual([]);
    },
  );

  it.each(alerts.map(({ alert }) => alert))('%s has a runbook', alert => {
    const page = readFileSync(new URL('../../docs/operations.md', import.meta.url), 'utf8');
    expect(page).toContain(`\n### ${alert}\n`);
  });
});

describe('a panel', () => {
  const expressions = panels.flatMap(({ title, targets }) => targets.map(({ expr }) => [title, expr] as const));

  it.each(expressions)('"%s" speaks only of metrics, labels and values that exist', (_, expr) => {
    expect(problems(asPrometheusSees(expr), labels)).toEqual([]);
  });

  it('shows every metric that is the gateway’s own', () => {
    const own = [...labels.keys()].filter(name => /^gateway_(?!process_|nodejs_)/.test(name));
    const shown = expressions.flatMap(([, expr]) => parts(asPrometheusSees(expr), 'Identifier'));
    const family = (name: string) => name.replace(/_(bucket|sum|count)$/, '');
    expect([...new Set(own.map(family))].sort()).toEqual(
      [...new Set(shown.map(family))].filter(name => own.map(family).includes(name)).sort(),
    );
  });

  it('lies beside no other', () => {
    const place = z.object({ gridPos: z.object({ x: z.number(), y: z.number(), w: z.number(), h: z.number() }) });
    const cells = panels.flatMap(panel => {
      const { x, y, w, h } = place.parse(panel).gridPos;
      expect(x + w).toBeLessThanOrEqual(24);
      return Array.from({ length: w * h }, (_, cell) => `${x + (cell % w)},${y + Math.floor(cell / w)}`);
    });
    expect(new Set(cells).size).toBe(cells.length);
  });
});

describe('the check of expressions', () => {
  it.each([
    ['an unknown metric', 'rate(gateway_operation_total[5m])', 'gateway_operation_total'],
    ['an unknown label', 'sum by (origin) (gateway_upstream_queue)', 'origin'],
    ['an unknown value', 'gateway_cache_total{tier="disk"}', 'tier="disk"'],
  ])('finds %s', (_, expression, culprit) => {
    expect(problems(expression, labels)).toContain(culprit);
  });

  it('finds what is no PromQL', () => {
    expect(() => problems('sum(rate(gateway_operations_total[5m])', labels)).toThrow('not PromQL');
  });
});

describe('the PrometheusRule', () => {
  const names = (set: string, ...more: readonly string[]) => rules(set, ...more).map(one => one.alert);
  const rules = (set: string, ...more: readonly string[]) =>
    alertsIn(theOne(objects(set, ...more), 'PrometheusRule').spec);
  const all = alerts.map(one => one.alert);

  it('holds every alert but those that were disabled, with a link to the runbook', () => {
    expect(names('everything')).toEqual(all.filter(name => name !== 'IndicatorGatewayBudgetLow'));
    for (const { alert, annotations } of rules('everything')) {
      expect(annotations.runbook_url).toMatch(new RegExp(`/docs/operations\\.md#${alert.toLowerCase()}$`));
    }
  });

  it('does not speak of Redis where there is none', () => {
    expect(names('open', '--set', 'prometheusRule.enabled=true')).toEqual(
      all.filter(name => !/Redis|Cache(Writes|Reads)/.test(name)),
    );
    expect(names('external-secret')).toEqual(all);
  });

  it('keeps each expression as it was tested', () => {
    const tested = new Map(alerts.map(one => [one.alert, one.expr]));
    for (const { alert, expr } of rules('everything')) expect(expr.trim()).toBe(tested.get(alert)?.trim());
  });
});

describe('the dashboard’s ConfigMap', () => {
  it('holds the dashboard as it was tested', () => {
    const found = objects('everything').find(one => one.metadata.name.endsWith('-dashboard'));
    const content = z.object({ 'indicator-gateway.json': z.string() }).parse(found?.data)['indicator-gateway.json'];
    expect(JSON.parse(content)).toEqual(JSON.parse(readChartFile('files/dashboard.json')));
  });
});
