#!/usr/bin/env node
/** `indicator-gateway COMMAND`: the one program of the package. It imports nothing before it knows that Node can run it. */
const commands = {
  demo: { does: 'everything without any key, on http://127.0.0.1:4000', run: () => import('./demo.ts') },
  serve: { does: 'the gateway, from the environment', run: async () => (await import('./main.ts')).serve() },
  enrich: { does: 'asks a running gateway about the indicators of a file', run: () => import('./cli/enrich.ts') },
  emulators: { does: 'the two emulated upstreams alone', run: () => import('./emulators/main.ts') },
  doctor: { does: 'whether the sources are as the gateway assumes', run: () => import('./doctor/main.ts') },
} as const;

const usage = `Usage: indicator-gateway COMMAND

${Object.entries(commands)
  .map(([name, { does }]) => `  ${name.padEnd(11)}${does}`)
  .join('\n')}

\`indicator-gateway enrich --help\` and \`indicator-gateway doctor --help\` say more.
`;

/** As the HTTP client, undici, needs it. */
const isNewEnough = ([major = 0, minor = 0]: readonly number[]): boolean => major > 22 || (major === 22 && minor >= 19);

function run([name]: readonly string[]): Promise<unknown> | undefined {
  const { node } = process.versions;
  if (!isNewEnough(node.split('.').map(Number)))
    return fail(`indicator-gateway needs Node 22.19 or newer, and this is Node ${node}.\n`);
  if (name === '--help' || name === '-h') process.stdout.write(usage);
  else if (name !== undefined && Object.hasOwn(commands, name)) return start(name as keyof typeof commands);
  else return fail(`${name === undefined ? 'A command is missing.' : `There is no command "${name}".`}\n\n${usage}`);
  return undefined;
}

/** Each program reads its own arguments, those behind its name. */
function start(name: keyof typeof commands): Promise<unknown> {
  process.argv.splice(2, 1);
  return commands[name].run();
}

function fail(message: string): undefined {
  process.stderr.write(message);
  process.exitCode = 2;
}

await run(process.argv.slice(2));
