/** Compares the fields of rows with those that are documented and recorded: by name and kind, never by value. Pure. */
import type { z } from 'zod';
import { at, kindOf, type SentRow } from './answer.ts';
import { differs, type Judgement, notAsked, ok } from './check.ts';

/** A name that may be shown; whatever else stands in its place may be data. */
const plainName = /^[A-Za-z_]\w{0,39}$/;
const most = 12;

/** `shape`: each documented field in its documented form. */
export function compareFields(
  rows: readonly SentRow[],
  shape: z.ZodObject,
  { asAssumed, otherwise }: { readonly asAssumed: string; readonly otherwise: string },
): Judgement {
  if (rows.length === 0) return notAsked('there is none to look at');
  const others = [...new Set(rows.flatMap(row => [...otherForms(row, shape)]))];
  const unknown = [...new Set(rows.flatMap(row => undocumented(row, shape)))];
  const parts = [listed('in another form', others), listed('not documented', unknown)].filter(part => part !== '');
  if (parts.length > 0) return differs(`${parts.join('; ')}: ${otherwise}`);
  return ok(asAssumed);
}

function* otherForms(row: SentRow, shape: z.ZodObject): Generator<string> {
  for (const { path } of shape.safeParse(row).error?.issues ?? []) {
    const names = path.map(String);
    const shown = names.map(name => (/^\d+$/.test(name) ? '[]' : name)).join('.');
    yield `${shown} (${kindOf(at(row, ...names))})`;
  }
}

const undocumented = (row: SentRow, shape: z.ZodObject): readonly string[] =>
  Object.keys(row)
    .filter(name => !Object.hasOwn(shape.shape, name))
    .map(name => (plainName.test(name) ? `${name} (${kindOf(row[name])})` : 'an unusual name'));

function listed(title: string, items: readonly string[]): string {
  if (items.length === 0) return '';
  const rest = items.length > most ? ` and ${items.length - most} more` : '';
  return `${title}: ${items.slice(0, most).join(', ')}${rest}`;
}
