import { readFileSync } from 'node:fs';
import { GraphQLError, parse, stripIgnoredCharacters } from 'graphql';
import { z } from 'zod';

/** The allow-list of operations: found by id, or by text regardless of white space. */
export interface TrustedDocuments {
  byId(id: string): string | undefined;
  has(document: string): boolean;
}

/** The list cannot be used, so the gateway does not start. The message names operations by id. */
export class TrustedDocumentsError extends Error {
  override readonly name = 'TrustedDocumentsError';
}

/** Written by `generate-persisted-query-manifest`. */
const apolloManifest = z.object({
  format: z.literal('apollo-persisted-query-manifest'),
  version: z.literal(1),
  operations: z.array(z.object({ id: z.string().min(1), body: z.string().min(1) })),
});

/** Written by GraphQL Code Generator's client preset (`persisted-documents.json`): hash to document. */
const codegenMap = z.record(z.string().min(1), z.string().min(1));

type Entries = readonly (readonly [id: string, document: string])[];

/** @throws TrustedDocumentsError */
export function createTrustedDocuments(file: string): TrustedDocuments {
  const byId = new Map<string, string>();
  const texts = new Set<string>();
  for (const [id, document] of entriesOf(readJson(file))) {
    const text = textOf(id, document);
    if ((byId.get(id) ?? document) !== document) fail(`lists two different operations under the id "${id}"`);
    byId.set(id, document);
    texts.add(document).add(text);
  }
  if (byId.size === 0) fail('lists no operation, so none could run');
  return { byId: id => byId.get(id), has: document => texts.has(document) || texts.has(stripIgnored(document) ?? '') };
}

function fail(problem: string): never {
  throw new TrustedDocumentsError(`TRUSTED_DOCUMENTS names a file that ${problem}`);
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : '';
    return fail(error instanceof SyntaxError ? 'is not JSON' : `cannot be read${code}`);
  }
}

function entriesOf(content: unknown): Entries {
  const map = codegenMap.safeParse(content);
  if (map.success) return Object.entries(map.data);
  const manifest = apolloManifest.safeParse(content);
  if (!manifest.success) {
    return fail('is neither an Apollo persisted query manifest (version 1) nor a map of hashes to documents');
  }
  return manifest.data.operations.map(({ id, body }) => [id, body] as const);
}

function textOf(id: string, document: string): string {
  try {
    parse(document);
    return stripIgnoredCharacters(document);
  } catch (error) {
    return fail(
      `holds a document that is not GraphQL, id "${id}"${error instanceof GraphQLError ? `: ${error.message}` : ''}`,
    );
  }
}

/** Operations with equal tokens are equal. Undefined: not GraphQL. */
function stripIgnored(document: string): string | undefined {
  try {
    return stripIgnoredCharacters(document);
  } catch {
    return undefined;
  }
}
