/** The tables of `docs/emulators.md`: what Argus's documents leave open, by subject, as the emulator can play it. */
import type { z } from 'zod';
import { argusChoicesBySubject } from '../../../src/emulators/argus-behaviours.ts';

const heading = '## What the documents of Argus leave open\n';

export function emulatorsPage(page: string): string {
  const [before, after] = page.split(heading);
  if (after === undefined) throw new Error(`docs/emulators.md has no heading "${heading.trim()}"`);
  const [intro] = after.split('\n### ');
  const tables = Object.entries(argusChoicesBySubject).map(([subject, choices]) => tableOf(subject, choices));
  return `${before}${heading}${intro?.trimEnd()}\n\n${tables.join('\n')}`;
}

function tableOf(subject: string, choices: Readonly<Record<string, z.ZodType>>): string {
  const rows = Object.entries(choices).map(([name, choice]) => {
    const { description = '', default: standard } = choice.meta() ?? {};
    return `| \`${name}\` | ${valuesOf(choice, standard)} | ${description.replaceAll('|', '\\|')} |\n`;
  });
  return `### ${subject}\n| behaviour | may be | what it is about |\n|---|---|---|\n${rows.join('')}`;
}

/** The default first. */
function valuesOf(choice: z.ZodType, standard: unknown): string {
  const { options } = choice as Partial<z.ZodEnum>;
  if (!options) return typeof standard === 'number' ? 'a number, `0`' : 'a text, empty';
  const words = [standard, ...options.filter(word => word !== standard)];
  return words.map(word => `\`${word}\``).join(', ');
}
