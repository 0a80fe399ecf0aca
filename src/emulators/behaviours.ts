/** Behaviours of an upstream that its documents leave open: what each may be, and how they are read and changed at run time. */
import { z } from 'zod';

/** One of these words; the first is the default. */
export const oneOf = <const Words extends readonly [string, ...string[]]>(description: string, ...words: Words) =>
  z.enum(words).meta({ description, default: words[0] });

export const atMost = (description: string) => z.int().min(0).meta({ description, default: 0 });

export const text = (description: string) => z.string().meta({ description, default: '' });

/** Behaviours as they are documented, each at its default. */
export const defaultsOf = <Choices extends z.ZodObject>(choices: Choices): z.infer<Choices> =>
  choices.parse(Object.fromEntries(Object.entries(choices.shape).map(([name, one]) => [name, one.meta().default])));

export interface BehaviourControl {
  read(): unknown;
  /** Changes those that are given; returns what is wrong instead, and then changes none. */
  change(given: unknown): string | undefined;
  reset(): void;
}

/** `choices` missing: each behaviour may be anything of the type of its default. */
export function controlBehaviours(behaviours: object, choices = likeDefaults(behaviours)): BehaviourControl {
  const defaults = { ...behaviours };
  const changes = choices.partial();
  const { properties } = z.toJSONSchema(choices);
  return {
    read: () => ({ behaviours, choices: properties }),
    change: given => {
      const checked = changes.safeParse(given);
      if (!checked.success) return z.prettifyError(checked.error);
      Object.assign(behaviours, checked.data);
      return undefined;
    },
    reset: () => Object.assign(behaviours, defaults),
  };
}

const likeDefaults = (behaviours: object): z.ZodObject =>
  z.strictObject(Object.fromEntries(Object.entries(behaviours).map(([name, value]) => [name, sameType(value)])));

function sameType(value: unknown): z.ZodType {
  if (typeof value === 'number') return z.number();
  return typeof value === 'boolean' ? z.boolean() : z.string();
}
