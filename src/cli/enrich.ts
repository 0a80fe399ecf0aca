/**
 * `npm run -s enrich -- FILE`: a command-line client. It uses only the schema and imports nothing of the gateway's code,
 * only what it shares with the other client, the triage board.
 */
import { escapeUnsafe } from '../clients/safe-text.ts';
import { exitCodes } from './exit-code.ts';
import { GatewayError } from './gateway.ts';
import { InputError } from './input/model.ts';
import { command, readOptions, UsageError, usage } from './options.ts';
import { OutputError } from './output.ts';
import { run } from './run.ts';

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2), process.env);
  if (options !== undefined) return run(options, process);
  process.stdout.write(usage);
  return exitCodes.answered;
}

process.exitCode = await main().catch((error: unknown) => {
  const hint = error instanceof UsageError ? `\nTry "${command} --help".\n` : '';
  if (![UsageError, InputError, GatewayError, OutputError].some(kind => error instanceof kind)) throw error;
  process.stderr.write(`${escapeUnsafe((error as Error).message)}\n${hint}`);
  return exitCodes.failed;
});
