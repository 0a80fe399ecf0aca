/** A minimal client: looks values up and reads what each source answered as data. */
import { ApolloClient, gql, HttpLink, InMemoryCache, type TypedDocumentNode } from '@apollo/client';
// Elsewhere: from 'indicator-gateway/apollo'.
import { possibleTypes, typePolicies } from '../../src/apollo.ts';

interface LookupResult {
  readonly input: string;
  /** Why the input is not an indicator; null when it is. */
  readonly problem: string | null;
  readonly indicator: {
    readonly defanged: string;
    readonly verdict: { readonly level: string; readonly missing: readonly string[] };
    readonly datadog: {
      readonly report: { readonly status: string };
      readonly threat: { readonly score: number } | null;
    };
    readonly argus: { readonly report: { readonly status: string }; readonly membershipCount: number | null };
  } | null;
}

const query: TypedDocumentNode<{ lookup: readonly LookupResult[] }, { values: readonly string[] }> = gql`
  query Lookup($values: [String!]!) {
    lookup(values: $values) {
      input
      problem
      indicator {
        id
        defanged
        verdict { id level missing }
        datadog { id report { source status limits fetchedAt } threat { id score } }
        argus { id report { source status limits fetchedAt } membershipCount }
      }
    }
  }
`;

/** `url` is the address of `/graphql`; `token` is needed where the gateway authenticates its callers. */
export const createClient = (url: string, token?: string) =>
  new ApolloClient({
    link: new HttpLink({ uri: url, headers: token ? { authorization: `Bearer ${token}` } : {} }),
    cache: new InMemoryCache({ typePolicies, possibleTypes }),
  });

/** One line per value, in order. Rejects only when the whole operation failed, as with a wrong token. */
export async function lookUp(client: ApolloClient, values: readonly string[]): Promise<readonly string[]> {
  // The gateway caches facts and knows when they are too old, so each look-up asks it.
  const { data } = await client.query({ query, variables: { values }, fetchPolicy: 'network-only' });
  return (data?.lookup ?? []).map(({ input, problem, indicator }) => {
    if (!indicator) return `${input}: ${problem}`;
    const { defanged, verdict, datadog, argus } = indicator;
    const missing = verdict.missing.length > 0 ? ` without ${verdict.missing.join(', ')}` : '';
    const score = datadog.threat ? `, score ${datadog.threat.score}` : '';
    const lists = argus.membershipCount ? `, on ${argus.membershipCount} lists` : '';
    return `${defanged}: ${verdict.level}${missing} (Datadog: ${datadog.report.status}${score}; Argus: ${argus.report.status}${lists})`;
  });
}

if (import.meta.main) {
  const client = createClient(process.env.GATEWAY_URL ?? 'http://127.0.0.1:4000/graphql', process.env.GATEWAY_TOKEN);
  for (const line of await lookUp(client, process.argv.slice(2))) process.stdout.write(`${line}\n`);
}
