import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { readChartFile, readChartYaml, render, valueSets } from './chart.ts';

/** What helm says of values that it refuses. */
function refusal(set: string, ...more: readonly string[]): string {
  try {
    render(set, ...more);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  return 'nothing: the values were taken';
}

const setting = (...pairs: readonly string[]) => pairs.flatMap(pair => ['--set', pair]);

describe('a wrong value is refused by its name:', () => {
  it.each([
    ['datadog.sit=datadoghq.eu', "at '/datadog': additional properties 'sit' not allowed"],
    ['replicaCounts=3', "additional properties 'replicaCounts' not allowed"],
    ['datadog.site=datadoghq.example', "at '/datadog/site': 'datadoghq.example' does not match pattern"],
    ['datadog.url=https://api.datadoghq.com/api/v2', "at '/datadog/url': 'not' failed"],
    ['datadog.url=https://proxy.example.com/v2/', "at '/datadog/url': 'not' failed"],
    ['datadog.url=https://proxy.example.com/a?x=1', "at '/datadog/url'"],
    ['datadog.url=https://proxy.example.com/a//b', "at '/datadog/url'"],
    ['datadog.url=https://me:secret@proxy.example.com', "at '/datadog/url'"],
    ['argus.url=https://api.mnemonic.no/reputation/v2', "at '/argus/url': 'not' failed"],
    ['datadog.apiKey=abc', "at '/datadog': additional properties 'apiKey' not allowed"],
    ['argus.secretKeys.apikey=abc', "at '/argus/secretKeys': additional properties 'apikey' not allowed"],
    ['auth.mode=apikey', "at '/auth/mode': value must be one of"],
    ['config.MAX_VALUE=10', "at '/config': additional properties 'MAX_VALUE' not allowed"],
    ['config.MAX_VALUES=many', "at '/config/MAX_VALUES': got string, want integer"],
    ['config.DD_API_KEY=abc', "at '/config': additional properties 'DD_API_KEY' not allowed"],
    ['config.REQUEST_DEADLINE_MS=60000', "at '/config/REQUEST_DEADLINE_MS': maximum: got 60,000, want 9,500"],
    ['auth.jwt.jwksUrl=http://login.example.org/jwks', "at '/auth/jwt/jwksUrl'"],
    ['config.GRAPHIQL=yes', "at '/config/GRAPHIQL': value must be one of"],
    ['config.OTEL_EXPORTER_OTLP_HEADERS=x', "at '/config/OTEL_EXPORTER_OTLP_HEADERS'"],
    ['config.HTTPS_PROXY=http://me:secret@proxy', "at '/config/HTTPS_PROXY'"],
    ['redis.url=redis://:secret@redis:6379', "at '/redis/url'"],
    ['redis.url=redis:6379', "at '/redis/url'"],
    ['ports.http=80', "at '/ports/http': minimum: got 80, want 1,024"],
    ['emulators.enabled=yes', "at '/emulators/enabled': got string, want boolean"],
    ['networkPolicy.apis[0].cdir=1.2.3.4/32', "at '/networkPolicy/apis/0': additional properties 'cdir' not allowed"],
    ['podSecurityContext.runAsUsr=1', "at '/podSecurityContext': additional properties 'runAsUsr' not allowed"],
    ['livenessProbe.periodSecond=1', "at '/livenessProbe': additional properties 'periodSecond' not allowed"],
    ['ingress.hosts[0].paths[0].pth=/', "at '/ingress/hosts/0/paths/0'"],
    ['sidecars[0].image=a', "at '/sidecars/0': missing property 'name'"],
    ['podMonitor.intervall=1m', "at '/podMonitor': additional properties 'intervall' not allowed"],
    ['redis=null', "missing property 'redis'"],
    ['networkPolicy.apis=null', "at '/networkPolicy': missing property 'apis'"],
    ['datadog.url=null', "at '/datadog': missing property 'url'"],
    ['auth.mode=null', "at '/auth': missing property 'mode'"],
    ['resources.limit.memory=1Gi', "at '/resources': additional properties 'limit' not allowed"],
    ['externalSecret.data.DD_APIKEY.key=a', "at '/externalSecret/data': additional properties 'DD_APIKEY' not allowed"],
  ])('%s', (pair, complaint) => {
    expect(refusal('minimal', ...setting(pair))).toContain(complaint);
  });
});

describe('a value is taken that the gateway takes:', () => {
  it.each([
    'datadog.site=uk1.datadoghq.com',
    'datadog.site=xx9.ddog-gov.com',
    'datadog.site=app.datadoghq.eu',
    'datadog.url=https://proxy.example.com/datadog/',
    'datadog.url=http://api:8080,config.ALLOW_PLAIN_HTTP=on',
    'datadog.url=http://127.0.0.1:8080/a,argus.url=http://[::1]',
    'datadog.url=',
  ])('%s', pair => {
    expect(refusal('minimal', ...setting(pair))).toBe('nothing: the values were taken');
  });
});

describe('values that contradict each other are refused, all at once and by name:', () => {
  it.each([
    [
      'real keys beside emulators',
      'minimal',
      ['emulators.enabled=true'],
      ['emulators.enabled', 'argus.existingSecret'],
    ],
    [
      'two Redis',
      'minimal',
      ['redis.existingSecret=a', 'redis.inChart.enabled=true'],
      ['redis.url and redis.existingSecret'],
    ],
    [
      'a service key and callers’ keys',
      'minimal',
      ['argus.keyFrom=caller'],
      ['argus.keyFrom=caller', 'argus.existingSecret'],
    ],
    ['credentials named twice', 'external-secret', ['argus.existingSecret=a'], ['externalSecret.data.ARGUS_API_KEY']],
    [
      'half a pair of keys',
      'open',
      ['externalSecret.enabled=true', 'externalSecret.store.name=v', 'externalSecret.data.DD_API_KEY.key=a'],
      ['DD_API_KEY', 'DD_APP_KEY', 'go together'],
    ],
    ['API keys that nobody reads', 'open', ['auth.existingSecret=a'], ['auth.mode=none', 'auth.existingSecret']],
    [
      'tokens of an unknown issuer',
      'open',
      ['auth.mode=jwt'],
      ['auth.jwt.issuer', 'auth.jwt.audience', 'auth.jwt.jwksUrl'],
    ],
    ['scopes that nobody carries', 'open', ['config.ARGUS_SCOPE=argus'], ['auth.mode=none', 'config.ARGUS_SCOPE']],
    [
      'keys in the clear',
      'minimal',
      ['argus.url=http://proxy.example.com', 'datadog.url=http://localhost.example.com'],
      ['argus.url leads', 'datadog.url leads', 'config.ALLOW_PLAIN_HTTP=on'],
    ],
    ['a store without a name', 'external-secret', ['externalSecret.store.name='], ['externalSecret.store.name']],
    ['fewest above most', 'everything', ['autoscaling.minReplicas=99'], ['autoscaling.minReplicas']],
    ['one port for two servers', 'minimal', ['ports.admin=4000'], ['ports.http', 'ports.admin']],
    ['two numbers of replicas', 'minimal', ['replicas=2,replicaCount=3'], ['replicas=2 and replicaCount=3']],
    ['an Ingress without hosts', 'minimal', ['ingress.enabled=true,ingress.hosts=null'], ['needs ingress.hosts']],
    ['a route to nowhere', 'minimal', ['httpRoute.enabled=true'], ['needs httpRoute.parentRefs']],
    ['drains that never end', 'minimal', ['podDisruptionBudget.maxUnavailable=0'], ['lets no node ever be drained']],
    ['the same in per cent', 'minimal', ['podDisruptionBudget.maxUnavailable=0%'], ['lets no node ever be drained']],
    [
      'a roll that never begins',
      'minimal',
      ['updateStrategy.rollingUpdate.maxSurge=0,updateStrategy.rollingUpdate.maxUnavailable=0%'],
      ['both 0'],
    ],
    [
      'a roll and no roll',
      'minimal',
      ['updateStrategy.type=Recreate,updateStrategy.rollingUpdate.maxSurge=1'],
      ['updateStrategy.type=Recreate'],
    ],
    [
      'a variable in two places',
      'minimal',
      ['extraEnv[0].name=PORT', 'extraEnv[1].name=ARGUS_API_KEY'],
      ['extraEnv names PORT', 'extraEnv names ARGUS_API_KEY'],
    ],
    [
      'a secret in the clear',
      'minimal',
      ['extraEnv[0].name=REDIS_PASSWORD,extraEnv[0].value=abc'],
      ['REDIS_PASSWORD in the clear'],
    ],
    ['a volume of the chart’s own', 'minimal', ['extraVolumes[0].name=secrets'], ['extraVolumes names secrets']],
    ['two containers of one name', 'minimal', ['sidecars[0].name=gateway'], ['sidecars']],
    [
      'labels that the chart selects by',
      'minimal',
      ['commonLabels.app\\.kubernetes\\.io/name=a', 'podLabels.app\\.kubernetes\\.io/component=b'],
      ['commonLabels may not set app.kubernetes.io/name', 'podLabels may not set app.kubernetes.io/component'],
    ],
    ['two monitors', 'everything', ['podMonitor.enabled=true'], ['serviceMonitor.enabled', 'podMonitor.enabled']],
    [
      'a load balancer that is none',
      'minimal',
      ['service.nodePort=30080', 'service.loadBalancerClass=a', 'service.externalTrafficPolicy=Local'],
      ['service.nodePort', 'service.loadBalancerClass', 'service.externalTrafficPolicy'],
    ],
    [
      'a collector without a scheme',
      'minimal',
      ['config.OTEL_EXPORTER_OTLP_ENDPOINT=collector:4318'],
      ['config.OTEL_EXPORTER_OTLP_ENDPOINT must'],
    ],
  ])('%s', (_, set, pairs, names) => {
    const complaint = refusal(set, ...setting(...pairs));
    for (const name of names) expect(complaint).toContain(name);
  });
});

const anySchema: z.ZodType<Record<string, unknown>> = z.record(z.string(), z.unknown());
const asRecord = (value: unknown) => anySchema.safeParse(value).data ?? {};

/** Paths of the schema's objects that would let an unknown name pass. */
function openObjects(schema: unknown, path = ''): string[] {
  const { properties, additionalProperties, items, $defs, type } = asRecord(schema);
  const isOpen = type === 'object' && (additionalProperties === undefined || additionalProperties === true);
  const inner = { ...asRecord(properties), ...asRecord($defs), ...(items === undefined ? {} : { '[]': items }) };
  return [
    ...(isOpen ? [path] : []),
    ...Object.entries(inner).flatMap(([name, one]) => openObjects(one, `${path}/${name}`)),
  ];
}

/** Paths of all values that a schema knows, or that values.yaml sets. */
function namesIn(schema: unknown, path = ''): string[] {
  const properties = asRecord(asRecord(schema).properties);
  return Object.entries(properties).flatMap(([name, one]) => [`${path}${name}`, ...namesIn(one, `${path}${name}.`)]);
}
function namesOf(value: unknown, path = ''): string[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [];
  return Object.entries(value).flatMap(([name, one]) => [`${path}${name}`, ...namesOf(one, `${path}${name}.`)]);
}

describe('values.schema.json', () => {
  const schema: unknown = JSON.parse(readChartFile('values.schema.json'));

  it('leaves no object open, apart from those that Kubernetes or Helm itself defines', () => {
    expect(openObjects(schema)).toEqual([
      '/global',
      '/affinity/nodeAffinity',
      '/affinity/podAffinity',
      '/affinity/podAntiAffinity',
      '/kubernetes',
      '/named',
    ]);
  });

  it('knows every value that values.yaml has, and values.yaml shows every value that it knows', () => {
    const known = namesIn(schema).filter(name => !/^(config|affinity|resources|externalSecret\.data)(\.|$)/.test(name));
    const shown = namesOf(readChartYaml('values.yaml')).filter(
      name =>
        !/(^|\.)(config|resources|labels|affinity|podSecurityContext|securityContext|namespaceSelector)(\.|$)/.test(
          name,
        ),
    );
    const isDetail = (name: string) =>
      /(^|\.)(labels|resources|affinity|podSecurityContext|securityContext|namespaceSelector)$/.test(name) ||
      name === 'externalSecret.data';
    expect(shown.filter(name => !isDetail(name)).sort()).toEqual(known.filter(name => !isDetail(name)).sort());
  });

  it('keeps the names of values that users were promised', () => {
    const shown = namesOf(readChartYaml('values.yaml'));
    const promised = [
      'datadog.existingSecret',
      'datadog.site',
      'argus.existingSecret',
      'redis.url',
      'redis.existingSecret',
    ];
    expect(shown).toEqual(expect.arrayContaining([...promised, 'auth.mode', 'emulators.enabled']));
  });
});

describe('the value sets', () => {
  it('are at least the six that every change is tried with', () => {
    const six = ['minimal', 'everything', 'external-secret', 'caller-credentials', 'no-redis', 'emulators'];
    expect(Object.keys(valueSets)).toEqual(expect.arrayContaining(six));
  });
});
