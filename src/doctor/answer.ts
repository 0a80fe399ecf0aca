/** Reads answers of any shape. Pure. */
import type { Answer } from './ask.ts';
import { differs, type Judgement, ok } from './check.ts';

export type SentRow = Readonly<Record<string, unknown>>;

export const isObject = (value: unknown): value is SentRow =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** `at(x, 'a', 'b')` is x.a.b, and undefined where there is no such member. */
export const at = (value: unknown, ...path: readonly string[]): unknown =>
  path.reduce<unknown>((found, name) => Object(found)[name], value);

export const isSuccess = ({ status }: Answer): boolean => status >= 200 && status < 300;

/** "answered 404", "did not answer (TIMED_OUT)". */
export const outcomeOf = ({ status, failure }: Answer): string =>
  status === 0 ? `did not answer in a readable way (${failure})` : `answered ${status}`;

/** Whether the API can be asked at all, by its answer to the first question. */
export function judgeAccess(answer: Answer, host: string, variables: string): Judgement {
  const { status } = answer;
  if (status === 401 || status === 403)
    return differs(`${host} refuses the credentials (${status}): check ${variables} and what they may read`);
  const isUsable = isSuccess(answer) || [400, 404, 412].includes(status);
  if (isUsable) return ok(`${host} answers these credentials`);
  return differs(`${host} ${outcomeOf(answer)}: check the address and the network, then ask again`);
}

/** What kind of value it is, without the value. */
export function kindOf(value: unknown): string {
  if (value === undefined) return 'absent';
  if (value === null) return 'null';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : `a list of ${kindOf(value[0])}`;
  if (value === '') return 'an empty text';
  return typeof value === 'string' ? 'text' : typeof value;
}
