import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { emulatorSet } from '../../src/emulators/set.ts';
import {
  gatewayEnvironment,
  type Manifest,
  objects,
  ofKind,
  podAnnotationsOf,
  podOf,
  pods,
  theOne,
  usableSets,
  valueSets,
} from './chart.ts';

const sets = Object.keys(valueSets);

describe.each(sets)('every pod of the value set %s', set => {
  it('meets the restricted Pod Security Standard, writes nowhere and holds no token', () => {
    for (const pod of pods(objects(set)).map(podOf)) {
      expect(pod).toMatchObject({
        automountServiceAccountToken: false,
        securityContext: {
          runAsNonRoot: true,
          runAsUser: expect.any(Number),
          seccompProfile: { type: 'RuntimeDefault' },
        },
      });
      for (const container of pod.containers) {
        expect(container.securityContext).toEqual({
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
        });
      }
    }
  });

  it('says what it needs and where its memory ends', () => {
    const amounts = {
      requests: { cpu: expect.any(String), memory: expect.any(String) },
      limits: { memory: expect.any(String) },
    };
    for (const pod of pods(objects(set)).map(podOf)) {
      for (const container of pod.containers) expect(container.resources, container.name).toEqual(amounts);
    }
  });
});

describe('secrets', () => {
  it('are never made by the chart, apart from the trial’s, which open emulated data only', () => {
    for (const set of sets.filter(name => name !== 'emulators'))
      expect(ofKind(objects(set), 'Secret'), set).toEqual([]);
    expect(theOne(objects('emulators'), 'Secret').metadata.name).toBe('soc-indicator-gateway-trial');
  });

  it('hold the hash of the very key that the trial’s caller is given', async () => {
    const { createHash } = await import('node:crypto');
    const data = z.record(z.string(), z.string()).parse(theOne(objects('emulators'), 'Secret').stringData);
    const hash = createHash('sha256')
      .update(data['caller-key'] ?? '')
      .digest('hex');
    expect(data['caller-key']).toMatch(/^\w{40}$/);
    expect(data.API_KEYS).toBe(`trial:${hash}`);
  });
});

describe('the gateway’s pods', () => {
  const checksum = (...more: readonly string[]) =>
    podAnnotationsOf(theOne(objects('minimal', ...more), 'Deployment', 'gateway'))['checksum/config'];

  it('roll when their configuration changes, and only then', () => {
    const before = checksum();
    expect(checksum('--set', 'config.MAX_VALUES=7')).not.toBe(before);
    expect(checksum('--set', 'datadog.site=datadoghq.eu')).not.toBe(before);
    expect(checksum('--set', 'ingress.enabled=true,replicas=5')).toBe(before);
  });

  it.each([
    ['minimal', 8],
    ['everything', 9.5],
  ])('of the value set %s have time to finish the longest answer before they are killed', (set, deadlineSeconds) => {
    const grace = podOf(theOne(objects(set), 'Deployment', 'gateway')).terminationGracePeriodSeconds ?? 0;
    expect(grace).toBeGreaterThanOrEqual(5 + deadlineSeconds + 0.5);
  });

  it('are probed on the port that no Ingress and no Service of theirs shows', () => {
    const all = objects('everything');
    const service = ofKind(all, 'Service').find(one => one.metadata.name === 'soc-gateway');
    expect(JSON.stringify(service)).not.toContain('8001');
    expect(JSON.stringify(theOne(all, 'Ingress'))).not.toContain('admin');
    const probe = (path: string) => ({ httpGet: { path, port: 'admin' } });
    expect(podOf(theOne(all, 'Deployment', 'gateway')).containers[0]).toMatchObject({
      startupProbe: probe('/livez'),
      livenessProbe: probe('/livez'),
      readinessProbe: probe('/readyz'),
    });
  });

  it('need neither a shell nor a hook to leave: the gateway itself waits, and has the time for it', () => {
    const { containers, terminationGracePeriodSeconds } = podOf(theOne(objects('minimal'), 'Deployment', 'gateway'));
    expect(containers[0]).not.toHaveProperty('lifecycle');
    const delayMs = Number(gatewayEnvironment(objects('minimal')).SHUTDOWN_DELAY_MS);
    expect(delayMs).toBe(5_000);
    expect(terminationGracePeriodSeconds).toBeGreaterThan(delayMs / 1_000 + 8);
  });

  it.each(usableSets)('of the value set %s spread over zones or nodes', set => {
    const spread = z.object({ topologySpreadConstraints: z.array(z.object({ topologyKey: z.string() })).min(1) });
    expect(spread.safeParse(podOf(theOne(objects(set), 'Deployment', 'gateway'))).success).toBe(true);
  });
});

describe('every selector', () => {
  it.each(sets)('of the value set %s matches exactly the pods that it means', set => {
    const all = objects(set);
    const labels = (one: Manifest) =>
      z
        .looseObject({
          spec: z.looseObject({
            template: z.object({ metadata: z.looseObject({ labels: z.record(z.string(), z.string()) }) }),
          }),
        })
        .parse(one).spec.template.metadata.labels;
    const selector = z.looseObject({ spec: z.looseObject({ selector: z.record(z.string(), z.string()) }) });
    for (const service of ofKind(all, 'Service')) {
      const wanted = Object.entries(selector.parse(service).spec.selector);
      const hit = ofKind(all, 'Deployment').filter(one => wanted.every(([name, value]) => labels(one)[name] === value));
      expect(hit, service.metadata.name).toHaveLength(1);
      expect(service.metadata.name.startsWith(hit[0]?.metadata.name ?? '?')).toBe(true);
    }
  });
});

const rule = z.object({
  ports: z.array(z.object({ port: z.union([z.number(), z.string()]) })).default([]),
  to: z.array(z.unknown()).default([]),
});
const policy = z.looseObject({
  spec: z.looseObject({ policyTypes: z.array(z.string()), egress: z.array(rule).default([]) }),
});
const egress = (set: string, ...more: readonly string[]) => {
  const [first] = ofKind(objects(set, ...more), 'NetworkPolicy').filter(one => !one.metadata.name.endsWith('-redis'));
  const { policyTypes, egress: rules } = policy.parse(first).spec;
  expect(policyTypes).toContain('Egress');
  return rules.map(one => one.ports.map(({ port }) => port).join());
};

describe('the NetworkPolicy', () => {
  it('lets the gateway out to DNS, the two APIs, its Redis and its collector, and nowhere else', () => {
    expect(egress('minimal')).toEqual(['53,53', '443', '6379']);
    expect(egress('caller-credentials')).toEqual(['53,53', '443', '6380']);
    expect(egress('everything')).toEqual(['53,53', '443', '6390', '4318,3128', '3128']);
    expect(egress('open')).toEqual(['53,53', '443']);
  });

  it('lets it out to each node of a cluster that is named, and to Sentinels and what they name', () => {
    expect(egress('sentinels')).toEqual(['53,53', '443', '6379,26379,26380']);
    const nodes = 'redis://one:7000\\,redis://two:7001\\,redis://three';
    expect(egress('minimal', '--set', `redis.url=${nodes}`)).toEqual(['53,53', '443', '7000,7001,6379']);
  });

  it('lets it out to the ports of a proxy, of issuers and of sources that are elsewhere', () => {
    const elsewhere = 'config.HTTPS_PROXY=http://proxy:3128/,datadog.url=https://[2001:db8::1]:8443/a';
    expect(egress('minimal', '--set', elsewhere)).toEqual([...egress('minimal'), '3128,8443']);
    const issuer = egress('caller-credentials', '--set', 'auth.jwt.jwksUrl=https://login.example.org:9443/keys');
    expect(issuer).toEqual([...egress('caller-credentials'), '9443']);
  });

  it.each([
    ['http://collector:4318', '4318'],
    ['https://collector.example.org', '443'],
    ['http://collector', '80'],
  ])('lets traces out to the port of their collector: %s', (url, port) => {
    const withCollector = egress('minimal', '--set', `config.OTEL_EXPORTER_OTLP_ENDPOINT=${url}`);
    expect(withCollector).toEqual([...egress('minimal'), port]);
  });

  it('lets a trial out to its emulators, and to no API at all', () => {
    const ports = Object.keys(emulatorSet).map(name => name.replaceAll('_', '-'));
    expect(egress('emulators')).toEqual(['53,53', ports.join(), 'redis']);
  });

  it('keeps private networks and metadata services out of "the two APIs"', () => {
    const [first] = ofKind(objects('minimal'), 'NetworkPolicy');
    const blocks = JSON.stringify(policy.parse(first).spec.egress[1]?.to);
    for (const network of ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '169.254.0.0/16', 'fc00::/7']) {
      expect(blocks).toContain(network);
    }
  });

  it('lets only the gateway reach the Redis of the chart, which may reach nobody', () => {
    const found = ofKind(objects('emulators'), 'NetworkPolicy').find(one => one.metadata.name.endsWith('-redis'));
    expect(found?.spec).toMatchObject({
      policyTypes: ['Ingress', 'Egress'],
      ingress: [{ from: [{ podSelector: { matchLabels: { 'app.kubernetes.io/component': 'gateway' } } }] }],
    });
    expect(policy.parse(found).spec.egress).toEqual([]);
  });
});
