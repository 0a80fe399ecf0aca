import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { codeBlocks } from './setup/code-blocks.ts';
import { type Demo, runDemo, startDemo } from './setup/demo.ts';
import { postQuery } from './setup/gateway.ts';

const read = (path: string) => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');
const readme = read('README.md');

/** What it offers to try: from a comment to the next empty line. */
const offered = (printed: string) =>
  [...printed.matchAll(/^ {2}# (.+)\n((?: {2}.+\n)+)/gm)].map(([, title = '', query = '']) => [title, query] as const);

describe('npm run demo', () => {
  let demo: Demo;
  beforeAll(async () => {
    demo = await startDemo();
  });
  afterAll(() => demo.interrupt());

  it("answers the README's first query with the README's answer", async () => {
    const [first] = codeBlocks(readme).filter(({ language }) => language === 'graphql');
    const { data, errors } = await postQuery(demo.gateway, first?.code ?? '');
    expect(errors).toBeUndefined();
    expect({ data }).toEqual(JSON.parse(first?.next?.code ?? ''));
  });

  it('gives every value of docs/demo.md the verdict that stands there', async () => {
    const table =
      read('docs/demo.md').split('| value | Datadog | Argus | verdict | shows |\n')[1]?.split('\n\n')[0] ?? '';
    const printed = table
      .split('\n')
      .slice(1)
      .map(row => row.split(' | ').map(cell => cell.replace(/^\| /, '').replaceAll('`', '')))
      .map(([value = '', , , level]) => [value, level]);
    expect(printed.length).toBeGreaterThan(20);
    const { data } = await postQuery(
      demo.gateway,
      'query ($values: [String!]!) { indicators(values: $values) { value verdict { level } } }',
      { values: printed.map(([value]) => value) },
    );
    const answered = data.indicators.map((one: { value: string; verdict: { level: string } }) => [
      one.value,
      one.verdict.level,
    ]);
    expect(answered).toEqual(printed);
  });

  it('prints addresses that answer', async () => {
    for (const page of ['graphiql', 'board']) {
      expect(demo.printed).toContain(`${demo.gateway}/${page}`);
      expect((await fetch(`${demo.gateway}/${page}`)).status).toBe(200);
    }
    for (const emulator of [demo.datadog, demo.argus]) expect((await fetch(`${emulator}/_emulator`)).status).toBe(200);
    expect(demo.printed).toContain(`${demo.gateway}/mcp`);
    const { paths } = await (await fetch(`${demo.gateway}/v1/openapi.json`)).json();
    expect(Object.keys(paths)).toEqual(['/v1/lookup', '/v1/extract']);
  });

  it('prints three queries, and each of them runs', async () => {
    const queries = offered(demo.printed);
    expect(queries).toHaveLength(3);
    for (const [title, query] of queries) {
      const { data, errors } = await postQuery(demo.gateway, query);
      expect(errors, title).toBeUndefined();
      expect(Object.values(data)[0], title).toBeTruthy();
    }
  });

  it('prints a command that asks from a shell', async () => {
    const [command = ''] = /curl -s .*\n.*/.exec(demo.printed) ?? [];
    const { stdout } = await promisify(execFile)('sh', ['-c', command]);
    expect(JSON.parse(stdout).data.indicator).toMatchObject({ value: 'evil.example.org', threatScore: 92.5 });
  });

  it('tells nothing but what it prints itself: no log line, no warning', () => {
    const [, ...lines] = demo.printed.slice(demo.printed.indexOf('src/demo.ts')).split('\n');
    expect(lines.join('\n').trim()).toMatch(/^The gateway/);
  });
});

it('Ctrl-C stops the gateway and both emulators', async () => {
  const demo = await startDemo();
  await demo.interrupt();
  for (const address of [demo.gateway, demo.datadog, demo.argus]) await expect(fetch(address)).rejects.toThrow();
});

it('a port that is taken is named, with the variable that chooses another', async () => {
  const other = createServer();
  await new Promise<void>(resolve => other.listen(0, '127.0.0.1', resolve));
  const address = other.address();
  const port = typeof address === 'object' ? String(address?.port) : '';
  const ended = await runDemo({ PORT: port });
  expect(ended).toMatchObject({ code: 1, printed: expect.stringMatching(new RegExp(`port ${port} is in use.*PORT`)) });
  expect(ended.printed).not.toContain('    at ');
  other.close();
});
