/** The environment variables as the files that are made of them tell them: what their declarations in `src` say. */
import { z } from 'zod';
import type { VariableGroup } from '../../../src/config/config.ts';

const declaration = z.looseObject({
  description: z.string(),
  default: z.string().default(''),
  secret: z.boolean().default(false),
  section: z.string().optional(),
  chartValue: z.string().optional(),
});

export interface Variable {
  readonly name: string;
  readonly description: string;
  /** As one would write it; empty where there is none. */
  readonly fallback: string;
  readonly isSecret: boolean;
  /** The heading that begins with it in `.env.example`. */
  readonly section: string | undefined;
  /** Its name in its source's part of the chart's values. */
  readonly chartValue: string | undefined;
  /** What may be written, as JSON Schema. */
  readonly rule: Readonly<Record<string, unknown>>;
}

/** In the order of their declaration. */
export function variablesIn({ variables, prefix }: VariableGroup): Variable[] {
  const { properties = {} } = z.toJSONSchema(variables, { io: 'input', unrepresentable: 'any' });
  return Object.entries(properties).map(([name, declared]) => variable(prefix + name, declared));
}

function variable(name: string, declared: unknown): Variable {
  const { data } = declaration.safeParse(declared);
  if (data === undefined) throw new Error(`${name} needs a description where it is declared`);
  const { default: fallback, description, secret: isSecret, section, chartValue, ...rule } = data;
  return { name, description, fallback, isSecret, section, chartValue, rule };
}

/** What it is, and the words to choose from. */
export function meaning({ description, rule }: Variable, quote = ''): string {
  if (!Array.isArray(rule.enum)) return description;
  return `${description} One of ${rule.enum.map(word => quote + word + quote).join(', ')}.`;
}

/** A comment of shell or YAML, in lines of at most 120 characters. */
export function comment(text: string, indentation = ''): string {
  const lines = text.match(new RegExp(`\\S.{0,${117 - indentation.length}}(?= |$)`, 'g')) ?? [];
  return lines.map(line => `${indentation}# ${line}`).join('\n');
}
