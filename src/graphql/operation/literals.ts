/**
 * Texts that differ in their values alone are one operation: strings and whole numbers that are written into a text are
 * lifted out of it, and become variables.
 */
import { GraphQLError, getLocation, parseValue, Source, type SourceLocation, valueFromASTUntyped } from 'graphql';
import { operationLimits } from '../limits.ts';

interface Literal {
  /** As it is written. */
  readonly raw: string;
  readonly start: number;
  readonly end: number;
  /** False for a string without its second quote, and for a number. */
  readonly isClosed: boolean;
}

export interface LiftedText {
  readonly text: string;
  /** The text with numbered places for its literals: equal ones have the same number. */
  readonly shape: string;
  readonly literals: readonly Literal[];
}

export const literalVariable = (index: number): string => `__literal${index}`;

/** Comments, strings, whole numbers, and what opens and closes a list of variables or a selection. */
const tokens = /#[^\n\r]*|"""(?:\\"""|[\s\S])*?"""|"(?:[^"\\\n\r]|\\.)*(?<end>")?|(?<![\w$.])-?\d+(?![\w.])|[(){}]/g;

/** Longer texts, and those with what stands for a literal here, are taken as they are. */
const longestText = 100_000;
const isReserved = (text: string): boolean => text.includes('__literal') || text.includes('\u0000');

/** Undefined for a text without literals, or with one that must stay where it is. */
export function liftLiterals(text: string): LiftedText | undefined {
  if (text.length > longestText || isReserved(text)) return undefined;
  const literals = literalsIn(text);
  if (literals.length === 0 || !literals.every(isLiftable)) return undefined;
  const numbers = new Map<string, number>();
  let shape = '';
  let from = 0;
  for (const { raw, start, end } of literals) {
    const number = numbers.get(raw) ?? numbers.size;
    numbers.set(raw, number);
    shape += `${text.slice(from, start)}${raw.startsWith('"') ? '"' : '0'}${number}\u0000`;
    from = end;
  }
  return { text, shape: shape + text.slice(from), literals };
}

/** The defaults of variables, in brackets outside of every selection, can be no variables. */
function literalsIn(text: string): readonly Literal[] {
  const literals: Literal[] = [];
  let braces = 0;
  let brackets = 0;
  for (const { 0: raw, index: start, groups } of text.matchAll(tokens)) {
    if (raw === '{') braces += 1;
    else if (raw === '}') braces -= 1;
    else if (raw === '(') brackets += 1;
    else if (raw === ')') brackets -= 1;
    else if (!raw.startsWith('#') && (braces > 0 || brackets === 0))
      literals.push({
        raw,
        start,
        end: start + raw.length,
        isClosed: raw.startsWith('"""') || groups?.end !== undefined,
      });
  }
  return literals;
}

const isLiftable = ({ raw, isClosed }: Literal): boolean =>
  raw.startsWith('"')
    ? isClosed && raw.length <= operationLimits.literal
    : /^(?:0|-?[1-9]\d*)$/.test(raw) && Number.isSafeInteger(Number(raw));

/** By the names of the variables. Undefined where a string has an escape that is none. */
export function valuesOf({ literals }: LiftedText): Record<string, unknown> | undefined {
  try {
    return Object.fromEntries(literals.map(({ raw }, index) => [literalVariable(index), readLiteral(raw)]));
  } catch (problem) {
    if (problem instanceof GraphQLError) return undefined;
    throw problem;
  }
}

function readLiteral(raw: string): unknown {
  if (!raw.startsWith('"')) return Number(raw);
  const isPlain = !raw.includes('\\') && !raw.startsWith('""');
  return isPlain ? raw.slice(1, -1) : valueFromASTUntyped(parseValue(raw, { noLocation: true }));
}

/** A place in one text, in another of the same shape. */
export function relocate(position: number, from: LiftedText, to: LiftedText): SourceLocation {
  let shift = 0;
  for (const [index, { end }] of from.literals.entries()) {
    if (end > position) break;
    shift = (to.literals[index]?.end ?? end) - end;
  }
  return getLocation(new Source(to.text), position + shift);
}
