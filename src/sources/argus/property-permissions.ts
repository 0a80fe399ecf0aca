/**
 * Which properties a credential may read. A 403 does not say which name it refuses, so the names are tried, as far as a
 * bounded number of calls goes, and the outcome is remembered for each credential.
 */
import type { Credential } from '../credential.ts';
import type { PropertyProblem } from './mapping.ts';

export interface PropertyPermissionCache {
  /** The names that are not known to be rejected, and are worth a try. */
  withoutRejected(credential: Credential, names: readonly string[]): readonly string[];
  /** Name → why it was not sent, for each of `wanted` that is not among `sent`. */
  problemsOf(
    credential: Credential,
    wanted: readonly string[],
    sent: readonly string[],
  ): Readonly<Record<string, PropertyProblem>>;
  remember(credential: Credential, name: string, problem: PropertyProblem): void;
}

/** A rejection is remembered for this long even where facts expire sooner, because finding each costs calls. */
const minRememberMs = 60_000;
/** So few names can all be tried, whatever they were among when they were not. */
const fewNames = 8;
/** `problemsOf` remembers for longer: a name that a search left out must be reported when its answer arrives. */
const searchMs = 10_000;
const maxProblems = 10_000;

/** `freshMs`: how long a fact is fresh, and a rejection with it. */
export function createPropertyPermissionCache(freshMs: number, now: () => number): PropertyPermissionCache {
  const rememberMs = Math.max(freshMs, minRememberMs);
  const problems = new Map<string, { readonly problem: PropertyProblem; readonly until: number }>();
  const keyOf = ({ partition }: Credential, name: string) => `${partition} ${name}`;
  const problemOf = (credential: Credential, name: string, graceMs = 0): PropertyProblem | undefined => {
    const known = problems.get(keyOf(credential, name));
    return known !== undefined && known.until + graceMs > now() ? known.problem : undefined;
  };
  return {
    withoutRejected(credential, names) {
      const known = names.map(name => problemOf(credential, name));
      const isWorthATry = known.filter(problem => problem === 'UNTRIED').length <= fewNames;
      return names.filter((_, index) => known[index] === undefined || (known[index] === 'UNTRIED' && isWorthATry));
    },
    problemsOf(credential, wanted, sent) {
      const accepted = new Set(sent);
      const notSent = wanted.filter(name => !accepted.has(name));
      return Object.fromEntries(notSent.map(name => [name, problemOf(credential, name, searchMs) ?? 'UNTRIED']));
    },
    remember(credential, name, problem) {
      if (problems.size > maxProblems) problems.clear(); // callers choose the names; forgetting costs only further calls
      const forMs = problem === 'UNTRIED' ? minRememberMs : rememberMs;
      problems.set(keyOf(credential, name), { problem, until: now() + forMs });
    },
  };
}
