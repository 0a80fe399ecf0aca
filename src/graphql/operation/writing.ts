/** One answer that is being written: how far it has come, and what becomes of what cannot be written. */
import { type FieldNode, locatedError } from 'graphql';
import type { Slices } from '../../slices.ts';
import { notGathered } from '../../sources/fact-table.ts';
import type { Context } from '../context.ts';
import { isOverloaded } from '../error-codes.ts';
import { forgone } from '../lifetime.ts';
import {
  answerLimits,
  answerTooLarge,
  createErrorList,
  type ErrorList,
  freeCharacters,
  grow,
  sizeOfError,
} from './answer-limits.ts';

export const cannotWrite = Symbol('cannot write');

export interface Writing {
  readonly context: Context;
  readonly errors: ErrorList;
  /** Fields that failed, whether their errors are listed or only counted. */
  failures: number;
  /** Characters of the objects that are written, and of the errors. */
  written: number;
  ofErrors: number;
  /** So many characters it has room for. */
  allowed: number;
  /** Of what is being written. */
  readonly path: (string | number)[];
  /** An answer is written from its beginning to its end: where it gives way, nothing else of it is written meanwhile. */
  readonly slices: Slices;
}

export const beginWriting = (context: Context): Writing => ({
  context,
  errors: createErrorList(),
  failures: 0,
  written: 0,
  ofErrors: 0,
  allowed: freeCharacters,
  path: [],
  slices: context.slices(),
});

/** Where something is written that cannot be had: there it is null, with an error at these nodes. */
export interface WrittenPlace {
  readonly nodes: readonly FieldNode[];
  readonly isNullable: boolean;
}

export function done(text: string, depth: number, { path }: Writing): string {
  path.length = depth - 1;
  return text;
}

/** What stands at this depth of the path was not written at once. */
export const doneLater = (
  text: Promise<string>,
  depth: number,
  writing: Writing,
  place: WrittenPlace,
): Promise<string> =>
  text.then(
    written => done(written, depth, writing),
    problem => failedAt(depth, problem, writing, place),
  );

/** Null, and an error, where the value cannot be had and may be null. */
export function failedAt(
  depth: number,
  problem: unknown,
  writing: Writing,
  { nodes, isNullable }: WrittenPlace,
): string {
  writing.path.length = depth;
  return done(failed(problem, writing, nodes, isNullable), depth, writing);
}

function failed(problem: unknown, writing: Writing, nodes: readonly FieldNode[], isNullable: boolean): string {
  if (problem === notGathered) return 'null'; // the whole answer is written again
  if (problem === forgone || problem === answerTooLarge || isOverloaded(problem)) throw problem;
  if (problem === cannotWrite || !isNullable) throw cannotWrite;
  writing.failures += 1;
  const error = writing.errors.add(problem, () => locatedError(problem, nodes, [...writing.path]));
  if (error !== undefined) writing.ofErrors += sizeOfError(error);
  if (writing.errors.list.length > answerLimits.errors) throw answerTooLarge;
  return 'null';
}

/** The text of an object, which replaces those of the objects in it: so much was written before it. */
export function counted(text: string, before: number, writing: Writing): string {
  writing.written = before + text.length;
  const characters = writing.written + writing.ofErrors;
  if (characters > writing.allowed) writing.allowed = grow(characters, writing.allowed, writing.context);
  return text;
}
