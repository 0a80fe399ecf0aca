/** The answers of Argus that carry no records. */
import { actionError, errorBody, type FieldProblem, fieldError, statusBody } from './argus-envelope.ts';
import type { EmulatedAnswer } from './protocol.ts';

interface AnswerTime {
  readonly now: () => number;
}

export function quotaBody(millis: number, place: 'metaData' | 'top' | 'none', at: number): unknown {
  const hint = { millisUntilResourcesAvailable: millis };
  const message = actionError('Resource limit exceeded', 'resource.limit.exceeded', at);
  const body = errorBody(402, [message], place === 'metaData' ? hint : {});
  return place === 'top' ? { ...body, ...hint } : body;
}

export function ok(json: unknown): EmulatedAnswer {
  return { status: 200, headers: {}, json };
}

export function failure({ now }: AnswerTime, status: number): EmulatedAnswer {
  return { status, headers: {}, json: statusBody(status, now()) };
}

export function plainFailure(status: number): EmulatedAnswer {
  const bytes = Buffer.from('<h1>Bad Message 400</h1><pre>reason: Ambiguous URI path separator</pre>');
  return { status, headers: { 'content-type': 'text/html;charset=iso-8859-1' }, bytes };
}

export function badId(id: string): FieldProblem {
  return { field: 'id', message: 'Must be a UUID', messageTemplate: 'invalid.url.parameter', parameter: id };
}

export function notFound({ now }: AnswerTime, id: string): EmulatedAnswer {
  const problem = {
    field: 'id',
    message: `Object not found: ${id}`,
    messageTemplate: 'object.not.found',
    parameter: id,
  };
  const message = { ...fieldError(problem, now()), type: 'ACTION_ERROR' as const };
  return { status: 404, headers: {}, json: errorBody(404, [message]) };
}

/** Without problems: a 412 that does not say what is wrong. */
export function invalid(time: AnswerTime, problems: readonly FieldProblem[]): EmulatedAnswer {
  const at = time.now();
  if (problems.length === 0) return failure(time, 412);
  const messages = problems.map(problem => fieldError(problem, at));
  return { status: 412, headers: {}, json: errorBody(412, messages) };
}
