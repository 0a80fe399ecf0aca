import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pad } from '../../src/cli/pad.ts';
import { type CommandBench, plain, startCommandBench } from './bench.ts';

let bench: CommandBench;
beforeAll(async () => {
  bench = await startCommandBench();
});
afterAll(() => bench?.stop());

const enrich: CommandBench['enrich'] = (...args) => bench.enrich(...args);
const atTerminal: CommandBench['atTerminal'] = (...args) => bench.atTerminal(...args);
const fileOf = (text: string) => bench.fileOf(text);

describe('npm run enrich', () => {
  it('writes NDJSON where standard output is no terminal, in the order of the input, and 0 when every source answered', async () => {
    const { code, out, err } = await enrich([fileOf('evil[.]example[.]org\nquiet.example.com\nevil.example.org\n')]);
    const lines = out
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line));
    expect(lines.map(line => [line.input, line.indicator.verdict.level])).toEqual([
      ['evil[.]example[.]org', 'MALICIOUS'],
      ['quiet.example.com', 'NO_MATCH'],
      ['evil.example.org', 'MALICIOUS'],
    ]);
    expect(err).toBe('3 looked up, 2 malicious, 0 suspicious, 0 inconclusive, 0 not answered in full, 0 unusable.\n');
    expect(code).toBe(0);
  });

  it('finds the indicators in a text from standard input', async () => {
    const { out } = await enrich(['-'], {
      stdin: 'The host called hxxps://evil[.]example[.]org/x, then 192.0.2.1 twice: 192.0.2.1.',
    });
    expect(
      out
        .trimEnd()
        .split('\n')
        .map(line => JSON.parse(line).input),
    ).toEqual(['https://evil.example.org/x', '192.0.2.1']);
  });

  it('looks long lists up in chunks', async () => {
    bench.bed.emulators.argus.clearRequests();
    const { out, code } = await enrich([
      fileOf(Array.from({ length: 120 }, (_, at) => `long-${at}.example.org`).join('\n')),
    ]);
    expect(out.trimEnd().split('\n').length).toBe(120);
    expect(bench.bed.emulators.argus.requests.filter(({ method }) => method === 'POST').length).toBe(3);
    expect(code).toBe(0);
  });

  it('writes CSV that is defanged and holds no formula', async () => {
    const { out } = await enrich([
      '--csv',
      '--list',
      fileOf('https://evil.example.org/x\n=1+1\n@SUM(1)\n+evil.example.org\n'),
    ]);
    const [head, ...lines] = out.trimEnd().split('\r\n');
    expect(head).toMatch(/^input,indicator,type,verdict,/);
    expect(lines.length).toBe(4);
    expect(out).toContain('hxxps://evil[.]example[.]org/x');
    expect(out).not.toMatch(/evil\.example|(^|,)"?[=+\-@]/m);
  });

  it('exits with 1 when a source failed, whatever the verdict', async () => {
    const fault = bench.bed.emulators.datadog.faults.add({
      kind: 'status',
      status: 400,
      match: { value: 'failing.example.org' },
    });
    const { code, err } = await enrich([fileOf('failing.example.org')]);
    bench.bed.emulators.datadog.faults.clear(fault.id);
    expect(err).toContain('1 not answered in full');
    expect(code).toBe(1);
  });

  it('exits with 1 when an input was unusable', async () => {
    const { code, out } = await enrich(['--list', fileOf(`evil.example.org\n${'x'.repeat(3000)}`)]);
    expect(JSON.parse(out.trimEnd().split('\n')[1] ?? '')).toMatchObject({
      indicator: null,
      problem: expect.any(String),
    });
    expect(code).toBe(1);
  });

  it.each([
    ['malicious', 'evil.example.org', 3],
    ['malicious', 'parked.example.com', 0],
    ['suspicious', 'parked.example.com', 3],
    ['suspicious', 'evil.example.org', 3],
    ['suspicious', 'quiet.example.com', 0],
  ])('with --fail-on %s exits for %s with %i', async (level, value, expected) => {
    const { code } = await enrich(['--fail-on', level, fileOf(value)]);
    expect(code).toBe(expected);
  });

  it('takes the bare address of the gateway for its GraphQL', async () => {
    const { code, out } = await enrich(['--url', bench.bed.url, '-'], { stdin: 'evil.example.org' });
    expect([code, JSON.parse(out).indicator.value]).toEqual([0, 'evil.example.org']);
  });

  it.each([
    [['--fail-on', 'green'], /--fail-on takes "malicious" or "suspicious"/],
    [['--csv', '--table', '-'], /--csv and --table exclude each other/],
    [['--url', 'ftp://x', '-'], /must be an http or https address/],
    [['--token', 'x'], /Unknown option '--token'/],
    [['no-such-file'], /no-such-file cannot be read: there is no such file/],
    [['-'], /There is nothing in the input/],
  ])('exits with 2 and one clear sentence for %j', async (args, sentence) => {
    const { code, out, err } = await enrich(args);
    expect([code, out]).toEqual([2, '']);
    expect(err).toMatch(sentence);
    expect(err).not.toMatch(/ {4}at /);
  });

  it('exits with 2 where no gateway answers, and names the address but never the token', async () => {
    const environment = { GATEWAY_URL: 'http://127.0.0.1:9/graphql', GATEWAY_TOKEN: 'secret-token' };
    const { code, err } = await enrich(['-'], { stdin: 'evil.example.org', environment });
    expect(code).toBe(2);
    expect(err).toContain('No gateway answers at http://127.0.0.1:9/graphql (ECONNREFUSED)');
    expect(err).not.toContain('secret-token');
  });

  it('sends the token of the environment, follows no redirect with it, and says when it is refused', async () => {
    const seen: (string | undefined)[] = [];
    const server = createServer((request, response) => {
      seen.push(request.headers.authorization);
      if (request.url === '/moved') response.writeHead(307, { location: '/elsewhere' });
      else response.writeHead(401);
      response.end();
    });
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const environment = { GATEWAY_TOKEN: 'secret-token' };
    const refused = await enrich(['--url', `http://127.0.0.1:${port}/graphql`, '-'], {
      stdin: 'x.example',
      environment,
    });
    const moved = await enrich(['--url', `http://127.0.0.1:${port}/moved`, '-'], { stdin: 'x.example', environment });
    server.close();
    expect(seen).toEqual(['Bearer secret-token', 'Bearer secret-token']);
    expect(refused).toMatchObject({ code: 2, err: expect.stringContaining('set GATEWAY_TOKEN') });
    expect(moved).toMatchObject({ code: 2, err: expect.stringContaining('(HTTP 307) is no GraphQL gateway') });
  });
});

describe('a gateway that limits its callers, or has no room', () => {
  it.each(['RATE_LIMITED', 'OVERLOADED'])('gets the same request again after retryAfterSeconds: %s', async code => {
    let requests = 0;
    const server = createServer((_request, response) => {
      requests += 1;
      const extensions = { code, retryAfterSeconds: 0.1 };
      const answer =
        requests < 3 ? { errors: [{ message: 'Too much', extensions }] } : { data: { extractIndicators: [] } };
      response.end(JSON.stringify(answer));
    });
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const ended = await enrich(['--url', `http://127.0.0.1:${port}/graphql`, '-'], { stdin: 'no indicators here' });
    server.close();
    expect([requests, ended.code, ended.err]).toEqual([3, 0, 'No indicator was found.\n']);
  });
});

describe('at a terminal', () => {
  it('a table, worst first, in colours, no line wider than the terminal', async () => {
    const file = fileOf('quiet.example.com\nparked.example.com\nevil.example.org\ncdn.example.net\n198.51.100.5');
    const { code, out } = await atTerminal([file], 100);
    const lines = plain(out).trimEnd().split('\r\n');
    expect(lines.map(line => line.split(' ')[0])).toEqual([
      'VERDICT',
      'MALICIOUS',
      'SUSPICIOUS',
      'INFORMATIONAL',
      'BENIGN',
      'NO_MATCH',
      '5',
    ]);
    expect(Math.max(...lines.map(line => line.length))).toBeLessThanOrEqual(100);
    expect(out).toContain('\u001b[31m');
    expect(code).toBe(0);
  });

  it('inconclusive rows come directly under suspicious ones', async () => {
    const fault = bench.bed.emulators.datadog.faults.add({
      kind: 'status',
      status: 400,
      match: { value: 'unanswered.example.org' },
    });
    const { code, out } = await atTerminal([fileOf('198.51.100.5\nunanswered.example.org\nparked.example.com')], 120);
    bench.bed.emulators.datadog.faults.clear(fault.id);
    expect(
      plain(out)
        .split('\r\n')
        .map(line => line.split(' ')[0])
        .slice(1, 4),
    ).toEqual(['SUSPICIOUS', 'INCONCLUSIVE', 'INFORMATIONAL']);
    expect(plain(out)).toContain('datadog');
    expect(code).toBe(1);
  });

  it('no colour where NO_COLOR says so', async () => {
    const { out } = await atTerminal([fileOf('evil.example.org')], 100, { NO_COLOR: '1' });
    expect(out).not.toContain('\u001b[');
  });

  it('progress for a long list, wiped when it is done', async () => {
    const { out } = await atTerminal(
      [fileOf(Array.from({ length: 60 }, (_, at) => `more-${at}.example.org`).join('\n'))],
      100,
    );
    expect(out).toMatch(/\r\u001b\[K0 looked up, 1 %.*\r\u001b\[K50 looked up, 83 %/s);
    expect(out.slice(out.lastIndexOf('\r\u001b[K'))).toMatch(/^\r\u001b\[K(\u001b\[2m)?VERDICT/);
  });

  it('hostile values cannot control it', async () => {
    const hostile = 'evil\u009b31m.example\u202e\u200b\u0085\u2028';
    const { out } = await atTerminal(['--list', fileOf(hostile)], 200);
    expect(plain(out)).toContain('\\u009b31m');
    expect(plain(out)).not.toMatch(/[\u0080-\u009f\u202e\u200b\u2028]/);
    for (const format of ['--ndjson', '--csv']) {
      expect((await enrich([format, '--list', fileOf(hostile)])).out).not.toMatch(/[\u0080-\u009f\u202e\u200b\u2028]/);
    }
  });
});

describe('text for a terminal', () => {
  it('fits its column, wide characters counted as two', () => {
    expect([pad('abc', 5), pad('abcdef', 4), pad('日本語日本', 6), pad('日本', 4)]).toEqual([
      'abc  ',
      'abc…',
      '日本… ',
      '日本',
    ]);
  });
});
