import { parseArgs } from 'node:util';
import { parseIndicator } from '../domain/indicator/indicator.ts';
import type { Indicator } from '../domain/indicator/model.ts';

/** How it is called. */
export const command = import.meta.url.endsWith('.ts') ? 'npm run doctor --' : 'indicator-gateway doctor';

export const usage = `Usage: ${command} [--value INDICATOR]

Asks Datadog and Argus, with the credentials and addresses that the gateway would use, at most eleven questions each, and
compares the answers with what the gateway assumes of them. It only reads, and prints no credential and no value that a
source sent. docs/decisions/unproven.md says of each line what the gateway assumes, and what it does otherwise.

  --value INDICATOR   one that the sources are known to list; without it, one of their own lists is taken
  --help              this

Exit: 0 everything that could be asked is as assumed; 1 something differs; 2 nothing could be asked.
`;

type DoctorOptions = { readonly given: Indicator | undefined } | { readonly help: true } | { readonly problem: string };

export function readOptions(args: readonly string[]): DoctorOptions {
  try {
    const options = { value: { type: 'string' }, help: { type: 'boolean', short: 'h' } } as const;
    const { values } = parseArgs({ args: [...args], options });
    if (values.help) return { help: true };
    if (values.value === undefined) return { given: undefined };
    const { indicator, problem } = parseIndicator(values.value);
    return indicator === undefined ? { problem: `--value: ${problem}` } : { given: indicator };
  } catch (error) {
    return { problem: error instanceof Error ? (error.message.split('\n')[0] ?? '') : 'The arguments cannot be read.' };
  }
}
