import { readFileSync } from 'node:fs';
import { GraphQLError, parse, stripIgnoredCharacters } from 'graphql';
import { z } from 'zod';

/** The operations that may run when there is a list of them: by their id, or by their text whatever its white space. */
export interface TrustedDocuments {
  byId(id: string): string | undefined;
  has(document: string): boolean;
}

/** Stops the start. Its message names the file's problem, and operations by id. */
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
  return { byId: id => byId.get(id), has: document => texts.has(document) || texts.has(strip(document) ?? '') };
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

/** Tokens alone count: equal tokens are the same operation. Undefined for what cannot be read. */
function strip(document: string): string | undefined {
  try {
    return stripIgnoredCharacters(document);
  } catch {
    return undefined;
  }
}
