/** Long lists: they stream, and an interrupted run goes on where it stopped. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type CommandBench, program, rowsIn, startCommandBench } from './bench.ts';
import { type InstantGateway, startInstantGateway } from './instant-gateway.ts';

let bench: CommandBench;
let gateway: InstantGateway;
beforeAll(async () => {
  bench = await startCommandBench();
});
afterAll(() => bench?.stop());
beforeEach(async () => {
  gateway = await startInstantGateway();
});
afterEach(() => gateway.stop());

const names = (count: number) => Array.from({ length: count }, (_, at) => `host${at}.example.org`);
const enrich = (args: readonly string[], stdin = '') =>
  bench.enrich(args, { stdin, environment: { GATEWAY_URL: gateway.url } });
const inputsOf = (out: string) => rowsIn(out).map(({ input }) => input);

describe('a long list', () => {
  it('is answered before it has ended', async () => {
    const child = spawn(process.execPath, [program, '-'], { env: { ...process.env, GATEWAY_URL: gateway.url } });
    child.stdin.write(`${names(10_000).join('\n')}\n`);
    const [first] = await once(child.stdout, 'data');
    expect(String(first)).toContain('"input":"host0.example.org"');
    child.stdout.resume();
    child.stdin.end();
    expect(await once(child, 'close')).toEqual([0, null]);
    expect(gateway.values).toEqual(names(10_000));
  });

  it('takes little memory, however long it is', async () => {
    const values = names(5_000);
    const { code, out } = await bench.shell(`$ENRICH ${bench.fileOf(values.join('\n'))}`, {
      GATEWAY_URL: gateway.url,
      NODE_OPTIONS: '--max-old-space-size=24',
    });
    expect([code, inputsOf(out)]).toEqual([0, values]);
  });

  it('waits for a slow reader and loses nothing to it', async () => {
    const command = `$ENRICH ${bench.fileOf(names(2_000).join('\n'))} | (sleep 1; cat) | wc -l`;
    expect((await bench.shell(command, { GATEWAY_URL: gateway.url })).out.trim()).toBe('2000');
  });

  it('comes as several tables, each sorted, where one would be too long', async () => {
    const { out } = await enrich(['--table', bench.fileOf([...names(10_050), 'evil.example.org'].join('\n'))]);
    const heads = out.split('\n').flatMap((line, at) => (line.startsWith('VERDICT') ? at : []));
    expect(heads).toEqual([0, 10_001]);
    expect(out.split('\n')[10_002]).toMatch(/^MALICIOUS/);
  });
});

describe('an interrupted run', () => {
  async function interrupted(input: string, options: readonly string[] = []) {
    const state = bench.fileOf('');
    const file = bench.fileOf(input);
    const path = `${state}.state`;
    gateway.mayAnswer = values => values <= 200;
    const first = await enrich(['--resume', path, ...options, file]);
    gateway.mayAnswer = () => true;
    return { path, file, first };
  }

  it('goes on where it stopped; no answer is lost, none comes twice, and the counts are those of the whole', async () => {
    const list = ['evil.example.org', '# a comment', ...names(400)];
    const { path, file, first } = await interrupted(list.join('\n'), ['--fail-on', 'malicious']);
    expect(first).toMatchObject({ code: 2, err: expect.stringContaining('The same command goes on where it stopped') });
    expect(rowsIn(first.out)).toHaveLength(200);
    const second = await enrich(['--resume', path, '--fail-on', 'malicious', file]);
    expect(inputsOf(first.out + second.out)).toEqual(list.filter(line => !line.startsWith('#')));
    expect(second.err).toMatch(/^401 looked up, 1 malicious.*\nLeft out: 1 × comment\.\n$/);
    expect(second.code).toBe(3);
    expect(existsSync(path)).toBe(false);
  });

  it('goes on with CSV without a second header, and from a pipe', async () => {
    const { path, file, first } = await interrupted(names(300).join('\n'), ['--csv']);
    const second = await enrich(['--csv', '--resume', path], readFileSync(file, 'utf8'));
    const lines = `${first.out}${second.out}`.trimEnd().split('\r\n');
    expect(lines.filter(line => line.startsWith('input,'))).toHaveLength(1);
    expect(lines).toHaveLength(301);
  });

  it('is killed without losing an answer', async () => {
    const file = bench.fileOf(names(1_000).join('\n'));
    const [path, out] = [`${file}.state`, `${file}.ndjson`];
    const command = `$ENRICH --resume ${path} ${file} >> ${out}`;
    const killed = await bench.shell(
      `${command} & pid=$!; while ! grep -q host150 ${out}; do sleep 0.02; done; kill -9 $pid; wait $pid`,
      {
        GATEWAY_URL: gateway.url,
      },
    );
    expect(killed.code).toBe(137);
    expect((await bench.shell(command, { GATEWAY_URL: gateway.url })).code).toBe(0);
    const lines = readFileSync(out, 'utf8').split('\n');
    const whole = lines.flatMap(line => /^\{"input":"(.*?)".*\}$/.exec(line)?.[1] ?? []);
    expect([...new Set(whole)].toSorted()).toEqual(names(1_000).toSorted());
    expect(whole.length).toBeLessThanOrEqual(1_050);
  });

  it('that ended within a line goes on in a new one', async () => {
    const { path, file, first } = await interrupted(names(300).join('\n'));
    const out = bench.fileOf(first.out);
    const state = JSON.parse(readFileSync(path, 'utf8'));
    writeFileSync(path, JSON.stringify({ ...state, outputBytes: first.out.length }));
    appendFileSync(out, '{"input":"host200.exa');
    const { code } = await bench.shell(`$ENRICH --resume ${path} ${file} >> ${out}`, { GATEWAY_URL: gateway.url });
    const lines = readFileSync(out, 'utf8')
      .split('\n')
      .filter(line => line.endsWith('}'));
    expect([code, inputsOf(lines.join('\n'))]).toEqual([0, names(300)]);
  });

  it('does not go on with another input, other options or a file that is no state', async () => {
    const { path, file } = await interrupted(names(300).join('\n'));
    writeFileSync(file, ['other.example.org', ...names(300)].join('\n'));
    const other = await enrich(['--resume', path, file]);
    expect(other).toMatchObject({ code: 2, out: '', err: expect.stringContaining('its beginning has changed') });
    const csv = await enrich(['--resume', path, '--csv', file]);
    expect(csv).toMatchObject({ code: 2, out: '', err: expect.stringContaining('another --csv (false, now true)') });
    const broken = await enrich(['--resume', file, file]);
    expect(broken).toMatchObject({
      code: 2,
      out: '',
      err: expect.stringContaining('is no state of an interrupted run'),
    });
    const table = await enrich(['--resume', path, '--table', file]);
    expect(table).toMatchObject({
      code: 2,
      out: '',
      err: expect.stringContaining('--resume goes on with NDJSON or CSV'),
    });
  });
});
