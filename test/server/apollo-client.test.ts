import { createHash } from 'node:crypto';
import { ApolloClient, ApolloLink, gql, HttpLink, InMemoryCache, type TypedDocumentNode } from '@apollo/client';
import { PersistedQueryLink } from '@apollo/client/link/persisted-queries';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { possibleTypes, typePolicies } from '../../src/clients/type-policies.ts';
import { startTestBed, type TestBed } from '../setup/gateway.ts';

interface Sent {
  readonly method: string;
  readonly url: URL;
  readonly status: number;
  readonly control: string | null;
  readonly errors: unknown;
}

let bed: TestBed;
beforeAll(async () => {
  bed = await startTestBed();
});
afterAll(() => bed.stop());

/** As an internal app sets it up: hashes by GET, the text by POST only when the gateway does not know it yet. */
function newClient(sent: Sent[]) {
  const http = new HttpLink({
    uri: `${bed.url}/graphql`,
    fetch: async (uri, init) => {
      const response = await fetch(uri, init);
      const { errors } = await response.clone().json();
      const { status, headers } = response;
      sent.push({
        method: init?.method ?? 'GET',
        url: new URL(String(uri)),
        status,
        control: headers.get('cache-control'),
        errors,
      });
      return response;
    },
  });
  const persisted = new PersistedQueryLink({
    sha256: (text: string) => createHash('sha256').update(text).digest('hex'),
    useGETForHashedQueries: true,
  });
  return new ApolloClient({
    link: ApolloLink.from([persisted, http]),
    cache: new InMemoryCache({ typePolicies, possibleTypes }),
  });
}

interface Found {
  readonly indicator: { readonly id: string; readonly value?: string };
}

const score: TypedDocumentNode<Found> = gql`query Score($value: String!) { indicator(value: $value) { id value threatScore } }`;
const lists: TypedDocumentNode<Found> = gql`query Lists($value: String!) { indicator(value: $value) { id memberships { id state } } }`;
const anything = gql`query Anything($id: ID!) { node(id: $id) { id ... on Indicator { defanged } } }`;

describe('Apollo Client', () => {
  it('sends a hash by GET, the text once by POST, and from then on the hash alone, also from another client', async () => {
    const sent: Sent[] = [];
    const client = newClient(sent);
    const first = await client.query({ query: score, variables: { value: 'evil[.]example[.]org' } });
    expect(first.data?.indicator).toMatchObject({ value: 'evil.example.org', threatScore: 92.5 });
    expect(sent).toMatchObject([
      { method: 'GET', control: 'no-store', errors: [{ extensions: { code: 'PERSISTED_QUERY_NOT_FOUND' } }] },
      { method: 'POST', status: 200 },
    ]);
    await client.query({ query: score, variables: { value: 'seen.example.com' } });
    await newClient(sent).query({ query: score, variables: { value: 'seen.example.com' } });
    expect(sent.slice(2)).toMatchObject([
      { method: 'GET', status: 200, control: expect.stringMatching(/^private, max-age=\d+$/) },
      { method: 'GET', status: 200 },
    ]);
    expect(sent[2]?.url.searchParams.get('query')).toBeNull();
    expect(sent[2]?.url.searchParams.get('extensions')).toContain('sha256Hash');
  });

  it('holds two spellings of one indicator as one entry, with what each query learned', async () => {
    const client = newClient([]);
    const one = await client.query({ query: score, variables: { value: 'EVIL.example.org.' } });
    const other = await client.query({
      query: lists,
      variables: { value: 'evil[dot]example[dot]org' },
    });
    expect(other.data?.indicator.id).toBe(one.data?.indicator.id);
    const entries = Object.entries<object>(Object(client.cache.extract())).filter(([key]) =>
      key.startsWith('Indicator:'),
    );
    expect(entries).toMatchObject([[`Indicator:${one.data?.indicator.id}`, { threatScore: 92.5 }]]);
    expect(entries[0]?.[1]).toHaveProperty('memberships.length', 4);
  });

  it('matches a fragment on what stands behind Node', async () => {
    const client = newClient([]);
    const { data } = await client.query({ query: score, variables: { value: 'evil.example.org' } });
    const id = data?.indicator.id ?? '';
    await client.query({ query: anything, variables: { id } });
    expect(client.readQuery({ query: anything, variables: { id } })).toEqual({
      node: { __typename: 'Indicator', id, defanged: 'evil[.]example[.]org' },
    });
    // A fragment on the interface fits every type that the gateway says implements it.
    const fragment = gql`fragment Named on Node { id }`;
    expect(client.readFragment({ id: `Indicator:${id}`, fragment })).toEqual({ __typename: 'Indicator', id });
    const { data: schema } = await bed.ask('{ __type(name: "Node") { possibleTypes { name } } }');
    expect(schema.__type.possibleTypes.map(({ name }: { name: string }) => name)).toEqual(possibleTypes.Node);
  });
});
