import type { Fetcher } from '@graphiql/toolkit';
import { Kind, parse } from 'graphql';
import { graphqlAddress } from '../graphql-address.ts';

/** One POST to this same gateway. An answer that is no JSON (a proxy's page) is shown as status and text. */
export const fetchGraphql: Fetcher = async ({ query, variables, operationName }, options) => {
  const response = await fetch(graphqlAddress(location), {
    method: 'POST',
    headers: { accept: 'application/json', 'content-type': 'application/json', ...options?.headers },
    body: JSON.stringify({ query, variables, operationName: has(query, operationName) ? operationName : undefined }),
    credentials: 'omit',
    redirect: 'error',
  });
  const text = await response.text();
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(`HTTP ${response.status}, and no JSON: ${text.slice(0, 500)}`);
  }
};

/** For half a second after a change of tab, GraphiQL still names the operation of the tab before. */
function has(query: string, operationName: string | null | undefined): boolean {
  try {
    const { definitions } = parse(query);
    return definitions.some(part => part.kind === Kind.OPERATION_DEFINITION && part.name?.value === operationName);
  } catch {
    return true;
  }
}
