/** `npm run demo`: the gateway with emulated upstreams, and three queries to try. */
import { startEmulators } from './emulators/emulators.ts';
import { createSeededDataSet } from './emulators/seed.ts';
import { print, stopOnSignals } from './process.ts';
import { isBuilt } from './server/built-page.ts';
import { sources } from './sources/index.ts';

// Built, the gateway is a file of its own, which runs only as the program: so it is not imported above.
const { openLog, startOrExit } = await import('./main.ts');

/** As an operator would: confidence says how sure a list is, not of what. */
const listCaps = 'tor-exits=SUSPICIOUS,research-scanners=INFORMATIONAL,sinkholes=SUSPICIOUS,parked=INFORMATIONAL';

const emulators = await startEmulators({ dataSet: createSeededDataSet({ now: Date.now() }) });
const environment = {
  VERDICT_LIST_CAPS: listCaps,
  BOARD: 'on',
  REST: 'on',
  MCP: 'on',
  TRIAGE_WRITES: 'service',
  ...process.env,
  ...emulators.environment,
  NO_PROXY: '*',
};
const log = await openLog(process.env.LOG_LEVEL || 'warn', Object.keys(sources), true);
const gateway = await startOrExit(environment, { log, auditTo: { write: () => true } });
stopOnSignals(async () => {
  await gateway.stop();
  await emulators.close();
});
const titles = Object.values(sources).map(({ name, title }) => [title, `${name}_URL`] as const);
const upstreams = titles
  .map(([title, variable]) => `${title.padEnd(14)} ${emulators.environment[variable]} (emulated)`)
  .join('\n');
const pageAt = (name: 'board' | 'graphiql') =>
  isBuilt(name) ? `${gateway.url}/${name}` : 'not built: `npm run build`, with all that `npm ci` installs';
const doorAt = (name: 'MCP' | 'REST', path: string) =>
  environment[name] === 'on' ? gateway.url + path : `off: ${name} is not on`;

print(`
The gateway    ${gateway.url}/graphql
GraphiQL       ${pageAt('graphiql')}
Triage board   ${pageAt('board')}
REST           ${doorAt('REST', '/v1/openapi.json')}
MCP            ${doorAt('MCP', '/mcp')}
${upstreams}

Try one of these, in GraphiQL or with curl. Ctrl-C stops everything.

  # How dangerous, who says so, has somebody looked?
  { indicator(value: "evil[.]example[.]org") {
      threatScore triageHistory { state at by }
      memberships { list { name confidence } state properties(names: ["comment", "role"]) { shortName value values } } } }

  # Many at once: every source's word, as data
  { lookup(values: ["evil.example.org", "192.0.2.10", "no indicator at all\\u0007"]) {
      input problem indicator { verdict { level summary } sources { source status limits } } } }

  # Why this verdict?
  { indicator(value: "evil.example.org") { verdict { level summary missing reasons { source rule effect detail } } } }

  curl -s ${gateway.url}/graphql -H 'content-type: application/json' \\
    -d '{"query":"{ indicator(value: \\"evil[.]example[.]org\\") { value threatScore verdict { level summary } } }"}'
`);
