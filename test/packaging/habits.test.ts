import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { z } from 'zod';
import {
  chartFolder,
  helm,
  type Manifest,
  objectsIn,
  ofKind,
  podOf,
  pods,
  readChartFile,
  render,
  theOne,
  valueSets,
} from './chart.ts';
import { kubernetesVersions, validate } from './validate.ts';

const file = new URL('habits.yaml', import.meta.url);
const habits = z.record(z.string(), z.record(z.string(), z.unknown())).parse(parse(readFileSync(file, 'utf8')));
const folder = mkdtempSync(join(tmpdir(), 'habits-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** The values that the chart's README shows. */
const shown = [...readChartFile('README.md').matchAll(/^```yaml\n([\s\S]*?)^```/gm)].map(([, text = '']) =>
  parse(text),
);
const inReadme = Object.fromEntries(shown.map((values, index) => [`readme-${index + 1}`, values]));

/** By name: the arguments that give helm the values. */
const cases = new Map(
  Object.entries({ ...habits, minimal: { ...habits.minimal, ...inReadme } }).flatMap(([set, named]) =>
    Object.entries(named).map(([name, values]) => {
      writeFileSync(join(folder, `${name}.values`), JSON.stringify(values));
      return [name, { set, more: ['--values', join(folder, `${name}.values`)] }] as const;
    }),
  ),
);
const rendered = new Map<string, string>();
beforeAll(() => {
  for (const [name, { set, more }] of cases) rendered.set(name, render(set, ...more));
}, 120_000);

const objects = (name: string): Manifest[] => objectsIn(rendered.get(name) ?? '');
const deployment = (name: string) => theOne(objects(name), 'Deployment', 'gateway');
const pod = (name: string) => podOf(deployment(name));
const specOf = (name: string, kind: string) => theOne(objects(name), kind).spec;
const service = (name: string) => theOne(objects(name), 'Service', 'gateway');

describe('what people bring along from other charts', () => {
  it('is forty sets of values and more', () => {
    expect(cases.size).toBeGreaterThanOrEqual(40);
  });

  it.each(kubernetesVersions)('becomes only what the schemas of Kubernetes %s accept', version => {
    expect(validate(Object.fromEntries(rendered), version)).toEqual([]);
  });

  it.each([...cases])('passes helm lint --strict: %s', (_, { set, more }) => {
    expect(helm('lint', '--strict', chartFolder, ...(valueSets[set] ?? []), ...more)).toContain('0 chart(s) failed');
  });

  it('never makes a key of a map twice', () => {
    for (const [name, text] of rendered) {
      const errors = parseAllDocuments(text).flatMap(document => document.errors.map(({ message }) => message));
      expect(errors, name).toEqual([]);
    }
  });

  it('changes nothing that Services and policies select by', () => {
    for (const name of cases.keys()) {
      const labels = z.looseObject({ template: z.looseObject({ metadata: z.looseObject({ labels: z.unknown() }) }) });
      expect(labels.parse(deployment(name).spec).template.metadata.labels, name).toMatchObject({
        'app.kubernetes.io/name': 'indicator-gateway',
        'app.kubernetes.io/instance': 'soc',
        'app.kubernetes.io/component': 'gateway',
      });
    }
  });
});

describe('the number of replicas', () => {
  it.each([
    ['the-number-by-its-usual-name', 4],
    ['nobody-at-night', 0],
    ['recreate', 2],
  ])('of %s is %i', (name, replicas) => {
    expect(deployment(name).spec).toMatchObject({ replicas });
  });

  it('is left to whatever scales the Deployment', () => {
    expect(deployment('a-scaler-of-somebody-else').spec).not.toHaveProperty('replicas');
    expect(ofKind(objects('a-scaler-of-somebody-else'), 'HorizontalPodAutoscaler')).toEqual([]);
  });

  it('is KEDA’s in the README’s example', () => {
    expect(theOne(objects('readme-2'), 'ScaledObject')).toMatchObject({
      metadata: { name: 'soc-indicator-gateway' },
      spec: { scaleTargetRef: { name: deployment('readme-2').metadata.name } },
    });
    expect(deployment('readme-2').spec).not.toHaveProperty('replicas');
  });

  it('follows the processor that Node can use, a percentage of what is requested where it is wanted, and more', () => {
    const cpu = (target: object) => ({ resource: { name: 'cpu', target } });
    const used = cpu({ type: 'AverageValue', averageValue: '700m' });
    expect(specOf('an-autoscaler', 'HorizontalPodAutoscaler')).toMatchObject({ metrics: [used] });
    expect(specOf('an-autoscaler-by-utilization', 'HorizontalPodAutoscaler')).toMatchObject({
      metrics: [cpu({ type: 'Utilization', averageUtilization: 250 })],
    });
    const budget = { metric: { name: 'gateway_overload_budget_taken' }, target: { averageValue: '500m' } };
    expect(specOf('an-autoscaler-with-more-to-go-by', 'HorizontalPodAutoscaler')).toMatchObject({
      metrics: [used, { pods: budget }, { type: 'Resource' }, { type: 'External' }],
      behavior: { scaleDown: { stabilizationWindowSeconds: 600 } },
    });
  });
});

describe('an image', () => {
  const images = (name: string) => new Set(pods(objects(name)).flatMap(one => podOf(one).containers.map(c => c.image)));
  const secrets = (name: string) => pods(objects(name)).map(one => podOf(one).imagePullSecrets);

  it('comes from the registry that is named', () => {
    expect([...images('a-registry-for-all-charts')]).toEqual(['mirror.example.org:5000/soc/indicator-gateway:1.2.3']);
    expect([...images('a-registry-apart-from-the-repository')]).toEqual([
      'registry.example.org/soc/indicator-gateway:0.1.0',
    ]);
    expect([...images('a-trial-from-a-mirror')].sort()).toEqual([
      'mirror.example.org/cache/indicator-gateway:0.1.0',
      'mirror.example.org/cache/library/redis:7.2-alpine',
    ]);
  });

  it.each([
    ['pull-secrets-as-names', ['registry', 'mirror']],
    ['pull-secrets-as-maps', ['registry', 'other']],
    ['a-registry-for-all-charts', ['mirror']],
    ['a-trial-from-a-mirror', ['mirror']],
  ])('is pulled with the secrets of %s, by every pod', (name, expected) => {
    for (const given of secrets(name)) expect(given).toEqual(expected.map(one => ({ name: one })));
  });
});

describe('a pod', () => {
  it('leaves its user to OpenShift, and stays restricted', () => {
    for (const name of ['openshift', 'a-trial-on-openshift']) {
      for (const one of pods(objects(name)).map(podOf))
        expect(one.securityContext).toEqual({ runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } });
    }
  });

  it('runs as the user that it is told', () => {
    expect(pod('a-user-of-ones-own').securityContext).toMatchObject({
      runAsUser: 1000,
      runAsGroup: 65532,
      fsGroup: 2000,
    });
    expect(pod('a-container-security-context').containers[0]?.securityContext).toMatchObject({
      runAsUser: 1000,
      readOnlyRootFilesystem: true,
    });
  });

  it('has what was added, beside what the chart needs', () => {
    expect(pod('an-init-container')).toMatchObject({ initContainers: [{ name: 'wait' }] });
    expect(pod('a-sidecar').containers.map(one => one.name)).toEqual(['gateway', 'tunnel']);
    const { containers, volumes } = pod('a-client-certificate');
    expect(volumes.map(one => one.name)).toEqual(['secrets', 'redis-client']);
    expect(containers[0]?.volumeMounts.map(one => one.name)).toEqual(['secrets', 'redis-client']);
  });

  it('has further variables after its configuration', () => {
    const template = z.looseObject({
      spec: z.looseObject({ containers: z.array(z.looseObject({ envFrom: z.unknown() })) }),
    });
    const { template: found } = z.looseObject({ template }).parse(deployment('further-variables').spec);
    expect(found.spec.containers[0]).toMatchObject({
      envFrom: [{ configMapRef: { name: 'soc-indicator-gateway' } }, { secretRef: { name: 'otel-headers' } }],
      env: [{ name: 'TZ' }, { name: 'NODE_NAME' }],
    });
  });

  it('is probed, told apart and ended as it is told', () => {
    const [gateway] = pod('slow-nodes').containers;
    expect(gateway).toMatchObject({
      startupProbe: { initialDelaySeconds: 5, periodSeconds: 2, failureThreshold: 60 },
      livenessProbe: { timeoutSeconds: 10, periodSeconds: 10 },
      readinessProbe: { failureThreshold: 5, successThreshold: 2, timeoutSeconds: 2 },
    });
    expect(pod('a-longer-farewell').terminationGracePeriodSeconds).toBe(90);
    expect(pod('a-sandbox')).toMatchObject({ runtimeClassName: 'gvisor' });
    expect(pod('names-of-hosts')).toMatchObject({ hostAliases: [{ ip: '192.0.2.10' }] });
    expect(pod('fewer-dns-questions')).toMatchObject({ dnsConfig: { options: [{ name: 'ndots' }, {}] } });
  });

  it('is replaced as it is told', () => {
    expect(deployment('recreate').spec).toMatchObject({ strategy: { type: 'Recreate' } });
    expect(deployment('a-quarter-at-once').spec).toMatchObject({ strategy: { rollingUpdate: { maxSurge: '25%' } } });
    expect(deployment('no-history').spec).toMatchObject({ revisionHistoryLimit: 0 });
  });

  it('gets templates of others as they are', () => {
    expect(rendered.get('a-vault-agent')).toContain('{{- with secret "soc/datadog" -}}');
  });
});

describe('an object', () => {
  it('has the common labels and annotations, after its own', () => {
    for (const { metadata } of objects('common-labels-and-annotations')) {
      expect(metadata.labels, metadata.name).toMatchObject({ team: 'soc', 'cost-centre': '4711' });
      expect(Object.keys(metadata.annotations), metadata.name).toContain('example.org/owner');
    }
    expect(service('common-labels-and-annotations').metadata.annotations['example.org/owner']).toBe('network');
    expect(deployment('a-wave-and-a-reloader').metadata.annotations['argocd.argoproj.io/sync-wave']).toBe('2');
  });

  it('is in the namespace that it is told, a monitor in that of its Prometheus', () => {
    const namespaces = (name: string) => new Set(objects(name).map(({ metadata }) => metadata.namespace));
    expect([...namespaces('another-namespace')]).toEqual(['security']);
    const monitor = theOne(objects('a-service-monitor-elsewhere'), 'ServiceMonitor');
    expect(monitor).toMatchObject({
      metadata: { namespace: 'monitoring' },
      spec: { namespaceSelector: { matchNames: ['default'] } },
    });
  });

  it('of the operator’s own is a template', () => {
    const names = (name: string) => ofKind(objects(name), 'ConfigMap').map(({ metadata }) => metadata.name);
    expect(names('extra-objects-as-maps')).toEqual(expect.arrayContaining(['soc-notes', 'second']));
    expect(names('extra-objects-as-texts')).toContain('soc-text');
  });
});

describe('the way in', () => {
  it('is a Service as the cluster’s load balancer wants it', () => {
    expect(service('a-node-port').spec).toMatchObject({ type: 'NodePort', ports: [{ nodePort: 30080 }] });
    expect(service('both-families').spec).toMatchObject({ ipFamilyPolicy: 'PreferDualStack' });
    expect(service('a-load-balancer')).toMatchObject({
      metadata: { labels: { exposed: 'internal' } },
      spec: { loadBalancerClass: 'service.k8s.aws/nlb', externalTrafficPolicy: 'Local' },
    });
  });

  it('is an Ingress with paths of either shape', () => {
    const path = z.object({ path: z.string(), pathType: z.string() });
    const rules = z.looseObject({
      rules: z.array(z.object({ host: z.string(), http: z.object({ paths: z.array(path) }) })),
    });
    const paths = (name: string) =>
      rules
        .parse(specOf(name, 'Ingress'))
        .rules.flatMap(({ host, http }) => http.paths.map(one => `${host}${one.path} ${one.pathType}`));
    expect(paths('an-ingress-as-helm-create-writes-it')).toEqual(['ioc.example.org/ ImplementationSpecific']);
    expect(paths('an-ingress-of-texts')).toEqual([
      'ioc.example.org/graphql Exact',
      'ioc.example.org/board Prefix',
      '*.soc.example.org/graphql Exact',
    ]);
  });

  it('is an HTTPRoute to the Service, or to where it is told', () => {
    const backendRefs = [{ name: 'soc-indicator-gateway', port: 80 }];
    expect(specOf('a-route', 'HTTPRoute')).toEqual({
      parentRefs: [{ name: 'internal', namespace: 'gateways', sectionName: 'https' }],
      hostnames: ['ioc.example.org'],
      rules: [{ backendRefs, matches: [{ path: { type: 'PathPrefix', value: '/graphql' } }] }],
    });
    expect(specOf('a-route-of-ones-own', 'HTTPRoute')).toMatchObject({
      rules: [{ backendRefs, timeouts: { request: '15s' } }, { backendRefs: [{ name: 'other' }] }],
    });
  });
});

describe('a monitor', () => {
  it('of Services or pods is as it is told', () => {
    expect(specOf('a-service-monitor', 'ServiceMonitor')).toMatchObject({
      jobLabel: 'app.kubernetes.io/name',
      namespaceSelector: { matchNames: ['soc'] },
      endpoints: [{ port: 'admin', interval: '1m', scrapeTimeout: '10s', metricRelabelings: [{ action: 'drop' }] }],
    });
    expect(specOf('a-pod-monitor', 'PodMonitor')).toMatchObject({
      selector: { matchLabels: { 'app.kubernetes.io/component': 'gateway' } },
      podMetricsEndpoints: [{ port: 'admin', path: '/metrics', scrapeTimeout: '5s' }],
    });
  });
});

describe('the NetworkPolicy', () => {
  const rule = z.looseObject({ ports: z.array(z.looseObject({ port: z.unknown() })) });
  const policy = z.looseObject({ egress: z.array(rule) });
  const lastPorts = (name: string) =>
    policy
      .parse(specOf(name, 'NetworkPolicy'))
      .egress.at(-1)
      ?.ports.map(({ port }) => port);

  it('opens the ports of the addresses that the values name, and that of Redis', () => {
    expect(lastPorts('a-collector-and-a-proxy')).toEqual([4318, 3128, 8443]);
    expect(lastPorts('an-address-of-redis-as-a-variable')).toEqual([6379]);
  });
});
