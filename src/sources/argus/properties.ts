/** Which properties a credential may see. A 403 does not say which name it refuses, so each name is tried once. */
import { UpstreamError } from '../../upstream/errors.ts';
import type { Credential } from '../source.ts';
import type { ArgusClient, CallParts, Page, SearchCriteria } from './client.ts';
import type { PropertyProblem } from './mapping.ts';
import { firstPage } from './walk.ts';

export interface PropertyBook {
  /** The names worth sending. */
  usable(credential: Credential, names: readonly string[]): readonly string[];
  /** What is known against the others. */
  refused(credential: Credential, names: readonly string[]): Readonly<Record<string, PropertyProblem>>;
  note(credential: Credential, name: string, problem: PropertyProblem): void;
}

/** At the least: what a search was sent without must still be known when its answer is read, be facts kept or not. */
const leastMs = 60_000;

/** `rememberMs`: for how long a refusal is believed. */
export function createPropertyBook(rememberMs: number, now: () => number): PropertyBook {
  const problems = new Map<string, { readonly problem: PropertyProblem; readonly until: number }>();
  const keyOf = ({ partition }: Credential, name: string) => `${partition} ${name}`;
  const problemOf = (credential: Credential, name: string): PropertyProblem | undefined => {
    const known = problems.get(keyOf(credential, name));
    return known !== undefined && known.until > now() ? known.problem : undefined;
  };
  return {
    usable: (credential, names) => names.filter(name => problemOf(credential, name) === undefined),
    refused: (credential, names) =>
      Object.fromEntries(
        names.flatMap(name => {
          const problem = problemOf(credential, name);
          return problem === undefined ? [] : [[name, problem]];
        }),
      ),
    note(credential, name, problem) {
      if (problems.size > 10_000) problems.clear(); // names are free text: bounded, and asking again is only slower
      problems.set(keyOf(credential, name), { problem, until: now() + Math.max(rememberMs, leastMs) });
    },
  };
}

/**
 * After a refusal that may be about the properties: asks once more without any, so that memberships never suffer, then
 * tries each name. Gives the first page with the properties that may be had. Rejects when the refusal was not about them.
 */
export async function withoutSpoilers(
  { client, properties: book }: { readonly client: ArgusClient; readonly properties: PropertyBook },
  criteria: Omit<SearchCriteria, 'offset' | 'limit' | 'sortBy'>,
  names: readonly string[],
  { credential, options, waiting }: { credential: Credential; options: CallParts; waiting: readonly unknown[] },
): Promise<{ readonly page: Page; readonly properties: readonly string[] }> {
  const ask = async (properties: readonly string[], limit: number): Promise<Page> => {
    const includeProperties = properties.map(descriptor => ({ descriptor }));
    const body = { ...criteria, ...(properties.length > 0 && { includeProperties }), ...firstPage, limit };
    const page = await client.search(() => ({ criteria: body, values: waiting.length }), credential, options);
    return page as Page; // it always has something to ask
  };
  const plain = await ask([], firstPage.limit);
  await Promise.all(
    names.map(name =>
      ask([name], 1).catch(problem => {
        const refusal = problem instanceof UpstreamError ? refusals[problem.kind] : undefined;
        if (refusal === undefined) throw problem;
        book.note(credential, name, refusal);
      }),
    ),
  );
  const permitted = book.usable(credential, names);
  if (permitted.length === 0) return { page: plain, properties: [] };
  return { page: await ask(permitted, firstPage.limit), properties: permitted };
}

const refusals: Partial<Record<UpstreamError['kind'], PropertyProblem>> = { DENIED: 'DENIED', REJECTED: 'UNKNOWN' };
