/**
 * Which properties a credential may read. A 403 does not say which name it refuses, so each name is tried once, and the
 * outcome is remembered for each credential.
 */
import { UpstreamError } from '../../http-client/errors.ts';
import type { Credential } from '../credential.ts';
import type { PropertyProblem } from './mapping.ts';

export interface PropertyPermissionCache {
  /** The names that are not known to be rejected. */
  withoutRejected(credential: Credential, names: readonly string[]): readonly string[];
  /** Name → why it was rejected; names without a known problem are left out. */
  problemsOf(credential: Credential, names: readonly string[]): Readonly<Record<string, PropertyProblem>>;
  remember(credential: Credential, name: string, problem: PropertyProblem): void;
}

/** A rejection is remembered for this long even where facts expire sooner, because finding each costs a call. */
const minRememberMs = 60_000;
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
    withoutRejected: (credential, names) => names.filter(name => problemOf(credential, name) === undefined),
    problemsOf: (credential, names) =>
      Object.fromEntries(
        names.flatMap(name => {
          const problem = problemOf(credential, name, searchMs);
          return problem === undefined ? [] : [[name, problem]];
        }),
      ),
    remember(credential, name, problem) {
      if (problems.size > maxProblems) problems.clear(); // callers choose the names; forgetting costs only further calls
      problems.set(keyOf(credential, name), { problem, until: now() + rememberMs });
    },
  };
}

/** Sends a request with these properties. The answer to a probe is not used, so it may request a single row. */
type SendWith<Answer> = (properties: readonly string[], isProbe: boolean) => Promise<Answer>;

/**
 * Sends with the properties that are not known to be rejected, and again without those that turn out to be. The cache
 * then knows what was rejected.
 */
export async function withProperties<Answer>(
  permissions: PropertyPermissionCache,
  credential: Credential,
  wanted: readonly string[],
  send: SendWith<Answer>,
): Promise<Answer> {
  const names = permissions.withoutRejected(credential, wanted);
  try {
    return await send(names, false);
  } catch (problem) {
    if (names.length === 0 || !mayBeAboutProperties(problem)) throw problem;
    return (await retryWithoutRejected({ permissions, credential, names, problem }, send)).answer;
  }
}

/** A 403 names no field; a 412 may name its field, or nothing. */
export const mayBeAboutProperties = (problem: unknown): boolean =>
  problem instanceof UpstreamError &&
  (problem.httpStatus === 403 ||
    (problem.kind === 'REJECTED' &&
      (problem.fields.length === 0 || problem.fields.some(field => field.startsWith('includeProperties')))));

/** A refusal that may be about the properties that were sent, in their order. */
interface RejectedRequest {
  readonly permissions: PropertyPermissionCache;
  readonly credential: Credential;
  readonly names: readonly string[];
  readonly problem: unknown;
}

/** An answer, and the properties that it was requested with. */
interface AcceptedAnswer<Answer> {
  readonly answer: Answer;
  readonly properties: readonly string[];
}

/**
 * Where Argus says which names it does not know, sends again with the others. Where it does not, sends once without any
 * so that the records arrive in any case, then tries each name once. Rejects when the refusal was not about properties.
 */
export async function retryWithoutRejected<Answer>(
  rejected: RejectedRequest,
  send: SendWith<Answer>,
): Promise<AcceptedAnswer<Answer>> {
  const { permissions, credential, names, problem } = rejected;
  const unknown = namesIn(problem, names);
  if (unknown.length === 0) return retryByProbing(rejected, send);
  for (const name of unknown) permissions.remember(credential, name, 'UNKNOWN');
  const properties = names.filter(name => !unknown.includes(name));
  try {
    return { answer: await send(properties, false), properties };
  } catch (next) {
    if (properties.length === 0 || !mayBeAboutProperties(next)) throw next;
    return retryWithoutRejected({ ...rejected, names: properties, problem: next }, send);
  }
}

/** The names that a 412 points at: `includeProperties[2].descriptor`. */
function namesIn(problem: unknown, names: readonly string[]): readonly string[] {
  if (!(problem instanceof UpstreamError) || problem.kind !== 'REJECTED') return [];
  const indexes = problem.fields.map(field => /^includeProperties\[(\d+)\]/.exec(field)?.[1]);
  return names.filter((_, index) => indexes.includes(String(index)));
}

async function retryByProbing<Answer>(
  { permissions, credential, names }: RejectedRequest,
  send: SendWith<Answer>,
): Promise<AcceptedAnswer<Answer>> {
  const plain = await send([], false);
  await Promise.all(
    names.map(name =>
      send([name], true).catch(problem => {
        const reason = problem instanceof UpstreamError ? problemByStatus.get(problem.httpStatus) : undefined;
        if (reason === undefined) throw problem;
        permissions.remember(credential, name, reason);
      }),
    ),
  );
  const properties = permissions.withoutRejected(credential, names);
  if (properties.length === 0) return { answer: plain, properties };
  return { answer: await send(properties, false), properties };
}

/**
 * The statuses with which Argus itself rejects a property. Any other, such as a 401 or the 400 of a proxy, is not about
 * the property, and would be remembered for minutes.
 */
const problemByStatus = new Map<number | undefined, PropertyProblem>([
  [403, 'DENIED'],
  [412, 'UNKNOWN'],
  [422, 'UNKNOWN'],
]);
