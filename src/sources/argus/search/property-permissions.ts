/** Which properties a credential may see. A 403 does not say which name it refuses, so each name is tried once. */
import { UpstreamError } from '../../../http-client/errors.ts';
import type { Credential } from '../../credential.ts';
import type { PropertyProblem } from '../mapping.ts';

export interface PropertyBook {
  /** The names worth sending. */
  usable(credential: Credential, names: readonly string[]): readonly string[];
  /** What is known against the others. */
  refused(credential: Credential, names: readonly string[]): Readonly<Record<string, PropertyProblem>>;
  note(credential: Credential, name: string, problem: PropertyProblem): void;
}

/** Where facts are kept for less, a refusal is believed for this long all the same: it costs a call to find each. */
const leastMs = 60_000;
/** A name left out of a search must still be told as refused when the search lands, though its time ran out meanwhile. */
const flightMs = 10_000;

/** `freshMs`: for how long a fact is believed, and a refusal with it. */
export function createPropertyBook(freshMs: number, now: () => number): PropertyBook {
  const rememberMs = Math.max(freshMs, leastMs);
  const problems = new Map<string, { readonly problem: PropertyProblem; readonly until: number }>();
  const keyOf = ({ partition }: Credential, name: string) => `${partition} ${name}`;
  const problemOf = (credential: Credential, name: string, graceMs = 0): PropertyProblem | undefined => {
    const known = problems.get(keyOf(credential, name));
    return known !== undefined && known.until + graceMs > now() ? known.problem : undefined;
  };
  return {
    usable: (credential, names) => names.filter(name => problemOf(credential, name) === undefined),
    refused: (credential, names) =>
      Object.fromEntries(
        names.flatMap(name => {
          const problem = problemOf(credential, name, flightMs);
          return problem === undefined ? [] : [[name, problem]];
        }),
      ),
    note(credential, name, problem) {
      if (problems.size > 10_000) problems.clear(); // names are free text: bounded, and asking again is only slower
      problems.set(keyOf(credential, name), { problem, until: now() + rememberMs });
    },
  };
}

/**
 * Asks with the properties that may be had. A refusal that may be about them costs the names that spoil it, never the
 * answer; `ask` may ask for little when it only probes. What was refused stands in the book afterwards.
 */
export async function withProperties<Answer>(
  book: PropertyBook,
  credential: Credential,
  wanted: readonly string[],
  ask: (properties: readonly string[], isProbe: boolean) => Promise<Answer>,
): Promise<Answer> {
  const usable = book.usable(credential, wanted);
  try {
    return await ask(usable, false);
  } catch (problem) {
    if (usable.length === 0 || !mayBeAboutProperties(problem)) throw problem;
    return (await withoutSpoilers({ book, credential, names: usable, problem }, ask)).answer;
  }
}

/** A 403 names nobody; a 412 may name its field, or nothing. */
export const mayBeAboutProperties = (problem: unknown): boolean =>
  problem instanceof UpstreamError &&
  (problem.httpStatus === 403 ||
    (problem.kind === 'REJECTED' &&
      (problem.fields.length === 0 || problem.fields.some(field => field.startsWith('includeProperties')))));

/** A refusal that may be about the properties that were sent, in their order. */
export interface Spoiled {
  readonly book: PropertyBook;
  readonly credential: Credential;
  readonly names: readonly string[];
  readonly problem: unknown;
}

type AskWith<Answer> = (properties: readonly string[], isProbe: boolean) => Promise<Answer>;

/** An answer, and the properties that were had with it. */
interface Unspoiled<Answer> {
  readonly answer: Answer;
  readonly properties: readonly string[];
}

/**
 * Where Argus says which names it does not know, asks with the others. Where it does not, asks once more without any, so
 * that the records never suffer, then tries each name once. Rejects when the refusal was not about them.
 */
export async function withoutSpoilers<Answer>(spoiled: Spoiled, ask: AskWith<Answer>): Promise<Unspoiled<Answer>> {
  const { book, credential, names, problem } = spoiled;
  const unknown = namesIn(problem, names);
  if (unknown.length === 0) return byProbing(spoiled, ask);
  for (const name of unknown) book.note(credential, name, 'UNKNOWN');
  const properties = names.filter(name => !unknown.includes(name));
  try {
    return { answer: await ask(properties, false), properties };
  } catch (next) {
    if (properties.length === 0 || !mayBeAboutProperties(next)) throw next;
    return withoutSpoilers({ book, credential, names: properties, problem: next }, ask);
  }
}

/** The names that a 412 speaks of: `includeProperties[2].descriptor`. */
function namesIn(problem: unknown, names: readonly string[]): readonly string[] {
  if (!(problem instanceof UpstreamError) || problem.kind !== 'REJECTED') return [];
  const places = problem.fields.map(field => /^includeProperties\[(\d+)\]/.exec(field)?.[1]);
  return names.filter((_, place) => places.includes(String(place)));
}

async function byProbing<Answer>(
  { book, credential, names }: Spoiled,
  ask: AskWith<Answer>,
): Promise<Unspoiled<Answer>> {
  const plain = await ask([], false);
  await Promise.all(
    names.map(name =>
      ask([name], true).catch(problem => {
        const refusal = problem instanceof UpstreamError ? refusals.get(problem.httpStatus) : undefined;
        if (refusal === undefined) throw problem;
        book.note(credential, name, refusal);
      }),
    ),
  );
  const permitted = book.usable(credential, names);
  if (permitted.length === 0) return { answer: plain, properties: [] };
  return { answer: await ask(permitted, false), properties: permitted };
}

/**
 * Argus's own words for them. Any other refusal, such as a 401 or the 400 of something between us, says nothing of a
 * property, and would be believed for minutes.
 */
const refusals = new Map<number | undefined, PropertyProblem>([
  [403, 'DENIED'],
  [412, 'UNKNOWN'],
  [422, 'UNKNOWN'],
]);
