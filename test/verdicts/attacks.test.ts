/** Attacks that try to make an answer look cleaner than it is. */
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Environment } from '../../src/config/variables.ts';
import type { DataSet } from '../../src/emulators/data-set.ts';
import type { Fault } from '../../src/emulators/fault-kinds.ts';
import { addFaults, askOne, callsOf, createVerdictDataSet, type Source, values, withBed, withoutCache } from './bed.ts';

const md5 = '0cc175b9c0f1b6a831c399e269772661';
const sha256 = '275a021bbfb6489e54d471899f7db9d1663fc695ec2fe2a2c4538aabf651fd0f';
const unknownUrl = 'https://nowhere.example.org/x';

interface Attack {
  readonly value: string;
  readonly source?: Source;
  readonly faults?: readonly Fault[];
  readonly environment?: Environment;
  readonly prepare?: (dataSet: DataSet) => void;
}

async function attack({ value, source = 'argus', faults = [], environment = {}, prepare }: Attack) {
  const dataSet = createVerdictDataSet();
  prepare?.(dataSet);
  return withBed(environment, dataSet, async bed => {
    await bed.ask('{ indicator(value: "first.example.org") { threatScore } }'); // warm, before anything is timed
    addFaults(bed, source, faults);
    const { data, errors } = await askOne(bed, value);
    return { ...data.indicator, errors, argusCalls: callsOf(bed, 'argus') };
  });
}

const text = (body: unknown): readonly Fault[] => [{ kind: 'text', text: JSON.stringify(body) }];
const incomplete = (source: 'DATADOG' | 'ARGUS') => ({ level: 'INCONCLUSIVE', missing: [source] });

describe('Datadog', () => {
  const notFound = (body: string): readonly Fault[] => [
    {
      kind: 'raw',
      bytes: `HTTP/1.1 404 Not Found\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`,
    },
  ];

  it.each([
    [
      'for an address that it does not have',
      '{"status":"error","code":404,"errors":["Not found"],"statuspage":"http://status.example.org"}',
    ],
    ['without any error in it', '{"errors":[]}'],
    ['with errors that are none', '{"errors":"Not Found"}'],
    ['without errors', '{"message":"no Route matched with those values"}'],
  ])('does not say "unknown" with a 404 %s', async (_, body) => {
    const { datadog, verdict } = await attack({ value: values.NO_MATCH, source: 'datadog', faults: notFound(body) });
    expect(datadog.report.status).toBe('MALFORMED');
    expect(verdict).toMatchObject(incomplete('DATADOG'));
  });

  it.each([
    ['as documented', '{"errors":["Not Found"]}'],
    ['as recorded', '{"errors":[{"title":"Generic Error","detail":"indicator not found"}]}'],
  ])('says "unknown" with a 404 %s', async (_, body) => {
    const { datadog, verdict } = await attack({ value: values.NO_MATCH, source: 'datadog', faults: notFound(body) });
    expect([datadog.report.status, verdict.level]).toEqual(['NO_MATCH', 'NO_MATCH']);
  });

  it('is taken at its word by accusers without a name, and not by friends without one', async () => {
    const unnamed = [{ name: null }, {}];
    const accused = await attack({
      value: 'unnamed.example.org',
      prepare: ({ datadog }) => datadog.add('unnamed.example.org', { attributes: { malicious_sources: unnamed } }),
    });
    expect(accused.verdict.level).toBe('SUSPICIOUS');
    const doubted = await attack({
      value: 'unnamed.example.org',
      prepare: ({ datadog }) =>
        datadog.add('unnamed.example.org', {
          attributes: { suspicious_sources: unnamed, benign_sources: [{ name: 'good feed' }] },
        }),
    });
    expect(doubted.verdict.level).toBe('SUSPICIOUS');
    const befriended = await attack({
      value: 'unnamed.example.org',
      prepare: ({ datadog }) => datadog.add('unnamed.example.org', { attributes: { benign_sources: unnamed } }),
    });
    expect(befriended.verdict.level).toBe('INFORMATIONAL');
  });

  it('answers one matcher only: what another one found nothing for is asked again', async () => {
    const dataSet = createVerdictDataSet();
    dataSet.datadog.add('matched.example.org', { attributes: { score: 99 }, message: null });
    await withBed({}, dataSet, async bed => {
      const first = await bed.ask('{ indicator(value: "matched.example.org") { threat(ocsf: false) { score } } }');
      expect(first.data.indicator.threat).toBeNull();
      const { data } = await askOne(bed, 'matched.example.org');
      expect(data.indicator.verdict.level).toBe('MALICIOUS');
      expect(callsOf(bed, 'datadog')).toHaveLength(2);
    });
  });
});

describe('Argus', () => {
  const rows = (members: Record<string, never> | object): readonly Fault[] => [
    { kind: 'set', members: members as Record<string, never> },
  ];

  it.each([
    ['a row without a value', rows({ value: null })],
    ['rows without data around them', [{ kind: 'setTop', members: { data: {} } }]],
  ] as readonly (readonly [string, readonly Fault[]])[])('sends %s and is not believed', async (_, faults) => {
    const { argus, verdict } = await attack({ value: values.INFORMATIONAL, faults });
    expect(argus.report.status).toBe('MALFORMED');
    expect(verdict).toMatchObject(incomplete('ARGUS'));
  });

  it('sends fewer rows than it counts, and those that came count', async () => {
    const faults: readonly Fault[] = [{ kind: 'setTop', members: { count: 5 } }];
    const { argus, verdict } = await attack({ value: values.INFORMATIONAL, faults });
    expect(argus.report.status).toBe('MATCHED');
    expect(verdict).toMatchObject({ level: 'INFORMATIONAL', missing: [] });
  });

  it('sends a row without a list, which accuses as a list of unknown confidence', async () => {
    const { verdict } = await attack({ value: values.INFORMATIONAL, faults: rows({ indicatorList: null }) });
    expect(verdict).toMatchObject({ level: 'SUSPICIOUS', missing: [] });
  });

  it('counts more rows in its size than it sent: the rows decide', async () => {
    const faults: readonly Fault[] = [{ kind: 'setTop', members: { size: 5 } }];
    const { verdict } = await attack({ value: values.INFORMATIONAL, faults });
    expect(verdict).toMatchObject({ level: 'INFORMATIONAL', missing: [] });
  });

  it.each([-1, 170, -0.5])('sends a confidence of %d, which says nothing, and unknown is not low', async confidence => {
    const { verdict } = await attack({
      value: 'odd.example.org',
      prepare: ({ argus }) => {
        argus.addList({ shortName: 'odd', confidence });
        argus.add({ value: 'odd.example.org', list: 'odd' });
      },
    });
    expect(verdict.level).toBe('SUSPICIOUS');
  });

  it('refuses a property, and the memberships are whole even where nothing is remembered', async () => {
    await withBed(withoutCache, createVerdictDataSet(), async bed => {
      const { data, errors } = await bed.ask(`{ indicators(values: ["${values.MALICIOUS}", "${values.NO_MATCH}"]) {
        memberships { value properties(names: ["nobody-has-it"]) { value } } verdict { level missing } } }`);
      expect(data.indicators.map((one: { memberships: unknown[] }) => one.memberships.length)).toEqual([1, 0]);
      expect(data.indicators[1].verdict).toEqual({ level: 'NO_MATCH', missing: [] });
      expect(errors).toMatchObject([{ path: ['indicators', 0, 'memberships', 0, 'properties', 0] }]);
    });
  });

  it('sends a state that nobody knows, and is shown and not hidden', async () => {
    const { argus, verdict } = await attack({
      value: values.INFORMATIONAL,
      faults: rows({ state: 'dormant', indicatorList: { id: 'x', shortName: 'x', confidence: 0.9 } }),
    });
    expect([argus.membershipCount, verdict.level]).toEqual([1, 'SUSPICIOUS']);
  });

  const crowd = ({ argus }: DataSet): void => {
    for (let i = 0; i < 7; i++) argus.add({ value: 'crowd.example.org', list: 'rumours', created: 1000 * (i + 1) });
    argus.add({ value: 'crowd.example.org', list: 'botnet', created: 99_000 });
  };

  it.each([
    ['could not count', [{ kind: 'countUnknown' }]],
    ['lowers the limit', [{ kind: 'lowerLimit', limit: 2 }]],
    ['could not count and lowers the limit', [{ kind: 'lowerLimit', limit: 2 }, { kind: 'countUnknown' }]],
    [
      'lowers the limit without a word and could not count',
      [
        { kind: 'lowerLimit', limit: 2 },
        { kind: 'setTop', members: { count: -1, limit: null } },
      ],
    ],
    ['has a limit below nothing', [{ kind: 'setTop', members: { count: -1, limit: -1 } }]],
  ] as readonly (readonly [string, readonly Fault[]])[])('is read to its last page where it %s', async (_, faults) => {
    const { argus, verdict } = await attack({ value: 'crowd.example.org', prepare: crowd, faults });
    expect(argus).toMatchObject({ report: { status: 'MATCHED' }, membershipCount: 8 });
    expect(verdict.level).toBe('MALICIOUS'); // the accusing record comes last
  });
});

describe('the types that Argus knows', () => {
  const typesOnly = (fault: Fault): readonly Fault[] => [{ ...fault, match: { path: '/type' } }];
  const envelope = { responseCode: 200, limit: 25, offset: 0, count: 1, metaData: {}, messages: [], size: 1 };
  const unanswered: readonly (readonly [string, readonly Fault[]])[] = [
    ['not answered', typesOnly({ kind: 'hang' })],
    ['answered with a 500', typesOnly({ kind: 'status', status: 500 })],
    ['answered with HTML', typesOnly({ kind: 'html' })],
    ['an empty list', text({ ...envelope, count: 0, data: [], size: 0 }).flatMap(typesOnly)],
    ['null', text({ ...envelope, count: 0, data: null, size: 0 }).flatMap(typesOnly)],
    ['fewer than Argus counts', typesOnly({ kind: 'setTop', members: { count: 30 } })],
    ['refused with the key', typesOnly({ kind: 'status', status: 401 })],
    ['refused by themselves', typesOnly({ kind: 'status', status: 403 })],
  ];

  describe.each([
    [md5, 'INCONCLUSIVE'],
    [unknownUrl, 'NO_MATCH'], // its host is witnessed
  ])('of %s', (value, level) => {
    it.each(unanswered)('are %s: then its absence proves nothing, and the search is whole', async (_, faults) => {
      const { argus, verdict, memberships, argusCalls } = await attack({ value, faults });
      expect(argus.report).toMatchObject({ status: 'NO_MATCH', servedFrom: 'LIVE' });
      expect(argus.report.limits).toContain('TYPE_NOT_DOCUMENTED');
      expect(memberships).toEqual([]);
      expect(verdict).toMatchObject({ level, missing: [] });
      for (const { body } of argusCalls) expect(body).not.toHaveProperty('type');
    });

    it('are beside the point without credentials', async () => {
      const { argus, verdict } = await attack({ value, environment: { ARGUS_API_KEY: undefined } });
      expect(argus.report.status).toBe('UNCONFIGURED');
      expect(verdict).toMatchObject({ level, missing: [] });
      expect(verdict.summary).toContain('Argus is not connected here');
    });
  });

  it('are asked for at the first question where Argus has a name for them', async () => {
    const { argus, verdict } = await attack({
      value: sha256,
      prepare: dataSet => {
        dataSet.argus.addType('sha-256', 'SHA-256');
        dataSet.argus.add({ value: sha256, type: 'sha-256', list: 'botnet' });
      },
    });
    expect([argus.report.status, verdict.level]).toEqual(['MATCHED', 'MALICIOUS']);
  });

  it.each(unanswered)('are %s: names and addresses are looked up all the same, at once', async (_, faults) => {
    for (const [value, level] of [
      [values.MALICIOUS, 'MALICIOUS'],
      ['192.0.2.1', 'NO_MATCH'],
    ] as const) {
      const { argus, verdict, argusCalls } = await attack({ value, faults });
      expect(['MATCHED', 'NO_MATCH']).toContain(argus.report.status);
      expect([verdict.level, argusCalls.length]).toEqual([level, 1]);
    }
  });
});

describe('what stands beside an indicator', () => {
  const aboutHost = (source: Source): Attack => ({
    value: unknownUrl,
    source,
    faults: [{ kind: 'status', status: 500, when: ({ values: asked }) => asked.includes('nowhere.example.org') }],
  });

  it.each(['datadog', 'argus'] as const)(
    'its host, which %s was not heard about, leaves the URL open',
    async source => {
      const { verdict, [source]: own, sources } = await attack(aboutHost(source));
      const ownStatus = 'NO_MATCH';
      expect([
        own.report.status,
        sources.find((one: { source: string }) => one.source === source.toUpperCase()).status,
      ]).toEqual([ownStatus, ownStatus]);
      expect(verdict).toMatchObject(incomplete(source.toUpperCase() as 'DATADOG'));
      expect(verdict.summary).toContain('about its host');
    },
  );

  it.each([
    [`https://${values.MALICIOUS}/x`, 'SUSPICIOUS'],
    [`someone@${values.MALICIOUS}`, 'SUSPICIOUS'],
    [`https://${values.BENIGN}/x`, 'INFORMATIONAL'],
  ])('its host speaks for %s: %s', async (value, level) => {
    expect((await attack({ value })).verdict.level).toBe(level);
  });

  it('the use that an address is set aside for makes a list of little weight, and nothing clean', async () => {
    const prepare = ({ argus }: DataSet) => argus.add({ value: '10.0.0.1', list: 'botnet' });
    const { verdict } = await attack({ value: '10.0.0.1', prepare: dataSet => void prepare(dataSet) });
    expect(verdict.level).toBe('INFORMATIONAL');
    expect(verdict.summary).toContain('is only weakly accused');
    expect((await attack({ value: '10.0.0.1' })).verdict.level).toBe('NO_MATCH');
  });
});

describe('what a caller may not see', () => {
  const key = 'caller-key';
  const digest = createHash('sha256').update(key).digest('hex');

  it.each([
    ['of Datadog by scope', { DATADOG_SCOPE: 'dd' }, 'DATADOG', 'FORBIDDEN'],
    ['of Argus by scope', { ARGUS_SCOPE: 'arg' }, 'ARGUS', 'FORBIDDEN'],
    ['of Datadog without a key of its own', { DATADOG_KEY_FROM: 'caller' }, 'DATADOG', 'UPSTREAM_DENIED'],
    ['of Argus without a key of its own', { ARGUS_KEY_FROM: 'caller' }, 'ARGUS', 'UPSTREAM_DENIED'],
  ] as const)('%s is missing from the verdict, and no call is made for it', async (_, environment, name, code) => {
    const source = name === 'DATADOG' ? 'datadog' : 'argus';
    await withBed(
      { AUTH: 'api-key', API_KEYS: `caller:${digest}`, ...environment },
      createVerdictDataSet(),
      async bed => {
        const { data, errors } = await bed.ask(
          `{ indicator(value: "${values.NO_MATCH}") {
          threatScore memberships { value } ${source} { report { status } } verdict { level missing } } }`,
          {},
          { authorization: `Bearer ${key}` },
        );
        expect(data.indicator[source].report.status).toBe('DENIED');
        expect(errors?.map(({ extensions }) => extensions.code)).toEqual([code]);
        expect(data.indicator.verdict).toEqual(incomplete(name));
        expect(callsOf(bed, source)).toEqual([]);
      },
    );
  });
});

it('a question that never left is told from one that went unanswered', async () => {
  const environment = { DATADOG_CONCURRENCY: '1', REQUEST_DEADLINE_MS: '2500', DATADOG_TIMEOUT_MS: '9000' };
  await withBed(environment, createVerdictDataSet(), async bed => {
    addFaults(bed, 'datadog', [{ kind: 'hang' }]);
    const { data, errors } = await bed.ask(
      `{ indicators(values: ["${values.MALICIOUS}", "${values.NO_MATCH}"]) { threatScore datadog { report { status } } verdict { level missing } } }`,
    );
    expect(errors?.map(({ extensions }) => extensions.code)).toEqual(['UPSTREAM_TIMEOUT', 'DEADLINE_EXCEEDED']);
    for (const one of data.indicators)
      expect([one.datadog.report.status, one.verdict.missing]).toEqual(['TIMED_OUT', ['DATADOG']]);
    expect(data.indicators[1].verdict.level).toBe('INCONCLUSIVE');
  });
});
