/** Sends a request that Argus refused for its properties again, without those that it does not grant. */
import { UpstreamError } from '../../http-client/errors.ts';
import type { Credential } from '../credential.ts';
import type { FurtherCalls } from './further-calls.ts';
import type { PropertyProblem } from './mapping.ts';
import type { PropertyPermissionCache } from './property-permissions.ts';

/** Sends a request with these properties. The answer to a probe is not used, so it may request a single row. */
type SendWith<Answer> = (properties: readonly string[], isProbe: boolean) => Promise<Answer>;

/** Whose properties they are, and how many calls it may take to find those that are refused. */
interface PropertyContext {
  readonly permissions: PropertyPermissionCache;
  readonly credential: Credential;
  readonly further: FurtherCalls;
}

/** An answer, and the properties that it was requested with. */
interface AcceptedAnswer<Answer> {
  readonly answer: Answer;
  readonly properties: readonly string[];
}

/**
 * Sends with the properties that are not known to be rejected, and again without those that turn out to be. The cache
 * then knows what was rejected.
 */
export async function withProperties<Answer>(
  context: PropertyContext,
  wanted: readonly string[],
  send: SendWith<Answer>,
): Promise<AcceptedAnswer<Answer>> {
  const names = context.permissions.withoutRejected(context.credential, wanted);
  try {
    return { answer: await send(names, false), properties: names };
  } catch (problem) {
    if (names.length === 0 || !mayBeAboutProperties(problem)) throw problem;
    return retryWithoutRejected({ ...context, names, problem }, send);
  }
}

/** A 403 names no field; a 412 may name its field, or nothing. */
export const mayBeAboutProperties = (problem: unknown): boolean =>
  problem instanceof UpstreamError &&
  (problem.httpStatus === 403 ||
    (problem.kind === 'REJECTED' &&
      (problem.fields.length === 0 || problem.fields.some(field => field.startsWith('includeProperties')))));

/** A refusal that may be about the properties that were sent, in their order. */
interface RejectedRequest extends PropertyContext {
  readonly names: readonly string[];
  readonly problem: unknown;
}

/** Calls that are kept for the answer itself while names are tried. */
const keptForAnswer = 8;

/**
 * Where Argus says which names it does not know, sends again with the others. Where it does not, sends once without any
 * so that the records arrive in any case, then tries the names. Rejects when the refusal was not about properties.
 */
export async function retryWithoutRejected<Answer>(
  rejected: RejectedRequest,
  send: SendWith<Answer>,
): Promise<AcceptedAnswer<Answer>> {
  const { permissions, credential, further, names, problem } = rejected;
  const unknown = namesIn(problem, names);
  if (unknown.length === 0) return retryByProbing(rejected, send);
  for (const name of unknown) permissions.remember(credential, name, 'UNKNOWN');
  const others = names.filter(name => !unknown.includes(name));
  const properties = further.left() > keptForAnswer ? others : noneTried(rejected, others);
  if (!further.take()) throw refusedTooOften();
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
  rejected: RejectedRequest,
  send: SendWith<Answer>,
): Promise<AcceptedAnswer<Answer>> {
  const { further, names } = rejected;
  if (!further.take()) throw refusedTooOften();
  const plain = await send([], false);
  const properties = await acceptedOf(names, rejected, send);
  if (properties.length > 0 && further.take()) return { answer: await send(properties, false), properties };
  return { answer: plain, properties: noneTried(rejected, properties) };
}

/** So few names are tried one by one, more of them in halves. */
const fewNames = 4;

/** Those of the names that Argus accepts, in their order. */
async function acceptedOf<Answer>(
  names: readonly string[],
  rejected: RejectedRequest,
  send: SendWith<Answer>,
): Promise<readonly string[]> {
  const size = names.length <= fewNames ? 1 : Math.ceil(names.length / 2);
  const parts = Array.from({ length: Math.ceil(names.length / size) }, (_, index) =>
    names.slice(index * size, (index + 1) * size),
  );
  const accepted = await Promise.all(parts.map(part => tryTogether(part, rejected, send)));
  return accepted.flat();
}

async function tryTogether<Answer>(
  names: readonly string[],
  rejected: RejectedRequest,
  send: SendWith<Answer>,
): Promise<readonly string[]> {
  const { permissions, credential, further } = rejected;
  if (further.left() <= keptForAnswer) return noneTried(rejected, names);
  further.take();
  try {
    await send(names, true);
    return names;
  } catch (problem) {
    const reason = problem instanceof UpstreamError ? problemByStatus.get(problem.httpStatus) : undefined;
    if (reason === undefined) throw problem;
    if (names.length > 1) return acceptedOf(names, rejected, send);
    for (const name of names) permissions.remember(credential, name, reason);
    return [];
  }
}

function noneTried({ permissions, credential }: RejectedRequest, names: readonly string[]): readonly string[] {
  for (const name of names) permissions.remember(credential, name, 'UNTRIED');
  return [];
}

const refusedTooOften = (): UpstreamError =>
  new UpstreamError('ARGUS', 'REJECTED', 'Argus refused the properties too often: ask for fewer of them.');

/**
 * The statuses with which Argus itself rejects a property. Any other, such as a 401 or the 400 of a proxy, is not about
 * the property, and would be remembered for minutes.
 */
const problemByStatus = new Map<number | undefined, PropertyProblem>([
  [403, 'DENIED'],
  [412, 'UNKNOWN'],
  [422, 'UNKNOWN'],
]);
