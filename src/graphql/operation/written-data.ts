/** Data that is JSON text already, on its way through Apollo Server, which passes it on as it is. */
import type { ExecutionResult, FormattedExecutionResult, GraphQLFormattedError } from 'graphql';
import type { WrittenAnswer } from './execute.ts';

const json = Symbol('json');

export const writtenData = ({ data, errors }: WrittenAnswer): ExecutionResult => ({
  data: data === 'null' ? null : { [json]: data },
  ...(errors.length > 0 && { errors }),
});

/** The body of a response. Its members are in the order in which Apollo Server writes them. */
export function stringifyResult(result: FormattedExecutionResult): string {
  const written = writtenIn(result.data);
  return `${written === undefined ? JSON.stringify(result) : withData(result, written)}\n`;
}

function writtenIn(data: FormattedExecutionResult['data']): string | undefined {
  const written: unknown = data && Reflect.get(data, json);
  return typeof written === 'string' ? written : undefined;
}

/** Data as JSON text. */
export const textOf = (data: ExecutionResult['data']): string => writtenIn(data) ?? JSON.stringify(data ?? null);

interface Beside {
  readonly errors?: readonly GraphQLFormattedError[];
  readonly extensions?: object | undefined;
}

/** The same of what is text already. */
export function withData({ errors = [], extensions }: Beside, data: string): string {
  const before = errors.length > 0 ? `"errors":${JSON.stringify(errors)},` : '';
  const after = extensions === undefined ? '' : `,"extensions":${JSON.stringify(extensions)}`;
  return `{${before}"data":${data}${after}}`;
}
