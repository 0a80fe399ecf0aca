import type { Fetcher } from '@graphiql/toolkit';

/** One POST to this same gateway. An answer that is no JSON (a proxy's page) is shown as status and text. */
export const fetchGraphql: Fetcher = async (operation, options) => {
  const response = await fetch('/graphql', {
    method: 'POST',
    headers: { accept: 'application/json', 'content-type': 'application/json', ...options?.headers },
    body: JSON.stringify(operation),
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
