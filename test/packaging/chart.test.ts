import { beforeAll, describe, expect, it } from 'vitest';
import { customResourcePaths, helmPath, kubectlValidatePath } from '../setup/packaging-tools.ts';
import { chartFolder, helm, objects, ofKind, render, valueSets } from './chart.ts';
import { kubernetesVersions, validate } from './validate.ts';

beforeAll(() => {
  helmPath();
  kubectlValidatePath();
  customResourcePaths();
}, 900_000);

describe.each(Object.entries(valueSets))('the chart with the value set %s', (name, values) => {
  it('passes helm lint --strict', () => {
    expect(helm('lint', '--strict', chartFolder, ...values)).toContain('1 chart(s) linted, 0 chart(s) failed');
  });

  it('labels each object with its release and chart', () => {
    for (const { metadata } of objects(name)) {
      expect(metadata.labels, metadata.name).toMatchObject({
        'app.kubernetes.io/instance': 'soc',
        'helm.sh/chart': 'indicator-gateway-0.1.0',
      });
    }
  });

  it('names no two objects of a kind alike', () => {
    const names = objects(name).map(one => `${one.kind} ${one.metadata.name}`);
    expect(new Set(names).size).toBe(names.length);
  });
});

describe('the chart with any value set', () => {
  it.each(kubernetesVersions)("renders only what Kubernetes %s's own schemas accept", version => {
    const rendered = Object.keys(valueSets).map(name => [name, render(name)] as const);
    expect(validate(Object.fromEntries(rendered), version)).toEqual([]);
  });
});

describe('the schema check itself', () => {
  it.each([
    ['an unknown field', 'replicas: 2', 'replica: 2', 1],
    ['a wrong type', 'automountServiceAccountToken: false', 'automountServiceAccountToken: 7', 3],
    ['a custom resource with a wrong field', 'interval: "15s"', 'intervall: 15s', 1],
  ])('finds %s', (_, right, wrong, count) => {
    const manifests = render(right.startsWith('interval') ? 'everything' : 'minimal');
    expect(manifests).toContain(right);
    expect(validate({ changed: manifests.replaceAll(right, wrong) }, '1.30')).toHaveLength(count);
  });
});

describe('the chart', () => {
  it('renders every kind of object that it can when everything is on', () => {
    const all = Object.keys(valueSets).flatMap(name => objects(name).map(one => one.kind));
    expect([...new Set(all)].sort()).toEqual([
      'ConfigMap',
      'Deployment',
      'ExternalSecret',
      'HorizontalPodAutoscaler',
      'Ingress',
      'NetworkPolicy',
      'Pod',
      'PodDisruptionBudget',
      'PrometheusRule',
      'Secret',
      'Service',
      'ServiceAccount',
      'ServiceMonitor',
    ]);
  });

  it('renders the same twice, so that a GitOps tool sees no drift', () => {
    for (const name of ['minimal', 'everything', 'external-secret']) expect(render(name)).toBe(render(name));
  });

  it('leaves the number of replicas to the autoscaler where there is one', () => {
    const deployments = ofKind(objects('everything'), 'Deployment');
    expect(deployments).toHaveLength(1);
    expect(deployments[0]?.spec).not.toHaveProperty('replicas');
  });
});
