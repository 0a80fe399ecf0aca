/** An error in words on which a model can act. */
import type { ErrorCode } from '../../graphql/error-codes.ts';
import type { RefusedRequest } from '../refuse.ts';

const correct = 'Correct the arguments, and call again.';
const less = 'Ask for less at once, in several calls.';
const askPerson = 'Do not call again: a person has to change what this caller may do.';
const askOperator = 'Do not call again: the operator of the gateway has to look at it.';
const later = 'Call again later.';

const whatToDo: Partial<Readonly<Record<ErrorCode, string>>> = {
  BAD_USER_INPUT: correct,
  OPERATION_TOO_LARGE: less,
  DEADLINE_EXCEEDED: less,
  UNAUTHENTICATED: askPerson,
  FORBIDDEN: askPerson,
  EGRESS_FORBIDDEN: 'Do not call again: such values are not sent to that source, by the rules of its operator.',
  UPSTREAM_DENIED: askOperator,
  SOURCE_UNCONFIGURED: askOperator,
  INTERNAL_SERVER_ERROR: askOperator,
};

export function refusalText({ code, message, retryAfterSeconds }: RefusedRequest): string {
  const wait = retryAfterSeconds === undefined ? later : `Wait ${retryAfterSeconds} s, then send the same call again.`;
  return [
    `${code}: ${message}`,
    `What to do: ${whatToDo[code] ?? wait}`,
    'Nothing was learned: this error is not proof of harmless, nor of anything else.',
  ].join('\n');
}
