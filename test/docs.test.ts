/**
 * Every query and every snippet of the documentation runs against the demo. A block in `graphql` is asked; what follows it
 * directly in `json` is contained in its answer. A block in `sh`, `python` or `js` that names the demo's address, or `$ARGUS`,
 * is executed; what follows it directly is its output. One in `python gql` has that package. A block in `json infinity` is a
 * panel of Grafana.
 */
import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type CodeBlock, codeBlocks } from './setup/code-blocks.ts';
import { type Demo, startDemo } from './setup/demo.ts';
import { postQuery } from './setup/gateway.ts';
import { pythonPackage } from './setup/python-package.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const documents = readdirSync(`${root}docs`, { recursive: true, encoding: 'utf8' }).filter(name =>
  name.endsWith('.md'),
);
const pages = ['README.md', 'ARCHITECTURE.md', ...documents.map(name => `docs/${name}`)];
const blocks = pages.flatMap(page =>
  codeBlocks(readFileSync(root + page, 'utf8')).map(block => [`${page}:${block.line}`, block] as const),
);
const of = (...languages: readonly string[]) => blocks.filter(([, { language }]) => languages.includes(language));

const address = 'http://127.0.0.1:4000';
const executed = of('sh', 'python', 'js').filter(([, { code }]) => code.includes(address) || code.includes('$ARGUS'));
const panels = of('json').filter(([, { info }]) => info === 'infinity');

let demo: Demo;
beforeAll(async () => {
  gql = pythonPackage('gql[requests]==3.5.3');
  demo = await startDemo();
}, 300_000);
afterEach(async () => {
  for (const emulator of [demo.datadog, demo.argus])
    for (const changed of ['faults', 'behaviours'])
      await fetch(`${emulator}/_emulator/${changed}`, { method: 'DELETE' });
});
afterAll(() => demo.interrupt());

/** The client with which Cortex XSOAR asks GraphQL. */
let gql: string;

const interpreters: Readonly<Record<string, readonly [string, ...string[]]>> = {
  sh: ['sh', '-euc'],
  python: ['python3', '-c'],
  js: [process.execPath, '--input-type=module', '--eval'],
};

async function execute({ language, info, code }: CodeBlock): Promise<string> {
  const [command, ...options] = interpreters[language] ?? ['false'];
  const { stdout } = await promisify(execFile)(command, [...options, code.replaceAll(address, demo.gateway)], {
    env: { ...process.env, ARGUS: demo.argus, DATADOG: demo.datadog, ...(info === 'gql' && { PYTHONPATH: gql }) },
    maxBuffer: 2 ** 26,
  });
  return stdout;
}

/** Compares what was promised with what came. */
function expectContained(promised: CodeBlock | undefined, answer: string): void {
  if (promised?.language === 'json') expect(JSON.parse(answer)).toMatchObject(JSON.parse(promised.code));
  if (promised?.language === 'text') expect(answer.trimEnd()).toBe(promised.code.trimEnd());
}

describe('the documentation', () => {
  it('has something to run', () => {
    expect(of('graphql').length).toBeGreaterThan(10);
    expect(new Set(executed.map(([, { language }]) => language))).toEqual(new Set(['sh', 'python', 'js']));
    expect(panels.length).toBeGreaterThan(2);
  });

  it('links to pages that are there', () => {
    const links = [...pages, 'CONTRIBUTING.md', 'SECURITY.md', 'bench/README.md'].flatMap(page =>
      [...readFileSync(root + page, 'utf8').matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)].map(
        ([, target = '']) => new URL(target, `file://${root}${page}`).pathname,
      ),
    );
    const missing = links.filter(link => !existsSync(link)).map(link => link.slice(root.length));
    expect(missing).toEqual([]);
  });

  it.each(of('graphql'))('%s is a query that is answered without errors, as promised', async (_, { code, next }) => {
    const { errors, text } = await postQuery(demo.gateway, code);
    expect(errors).toBeUndefined();
    expectContained(next, text);
  });

  it.each(executed)('%s runs as it stands', async (_, block) => {
    const output = await execute(block);
    expect(output).not.toMatch(/"errors"/);
    expectContained(block.next, output);
  });

  it.each(panels)('%s is a panel whose every column is filled from the answer', async (_, { code }) => {
    const panel = JSON.parse(fillIn(code));
    const { body_graphql_query: query, body_graphql_variables: variables } = panel.url_options;
    const answer = await postQuery(panel.url.replace(/\/graphql$/, ''), query, JSON.parse(variables));
    expect(answer.errors).toBeUndefined();
    const rows = at({ data: answer.data }, panel.root_selector);
    if (!Array.isArray(rows)) throw new Error('no table');
    expect(rows.length).toBeGreaterThan(1);
    for (const { selector } of panel.columns)
      expect([selector, rows.some(row => at(row, selector) !== undefined)]).toEqual([selector, true]);
  });
});

/** What Grafana puts in place of its variables. */
function fillIn(code: string): string {
  const values = ['evil.example.org', 'quiet.example.com', 'listed.example.net'];
  const escaped = JSON.stringify(JSON.stringify(values)).slice(1, -1);
  const filled = new Map([
    ['indicators:json', escaped],
    ['__from', String(Date.now() - 365 * 86_400_000)],
    ['__to', String(Date.now())],
  ]);
  return code.replaceAll(address, demo.gateway).replace(/\$\{([\w:]+)\}/g, (all, name) => filled.get(name) ?? all);
}

/** `a.b.c` of a value; undefined where there is no such field, which null is not. */
function at(value: unknown, selector: string): unknown {
  return selector.split('.').reduce<unknown>((found, name) => Object(found)[name], value);
}
