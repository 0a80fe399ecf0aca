import { createReadStream } from 'node:fs';
import { text } from 'node:stream/consumers';
import { isList, linesOf } from '../clients/list-or-text.ts';
import { type Options, UsageError } from './options.ts';

export type Input = { readonly list: readonly string[] } | { readonly text: string };

/** Reads a list of indicators or a text. Rejects with a UsageError that names a file that cannot be read. */
export async function readInput({ files, reads }: Options, stdin: NodeJS.ReadStream): Promise<Input> {
  if (files.length === 0 && stdin.isTTY) throw new UsageError('Name a FILE, or pipe indicators in.');
  const read = await Promise.all((files.length === 0 ? ['-'] : files).map(file => readFile(file, stdin)));
  const all = read.join('\n');
  const lines = linesOf(all);
  if (lines.length === 0) throw new UsageError('There is nothing in the input.');
  return reads === 'list' || (reads === undefined && isList(lines)) ? { list: lines } : { text: all };
}

async function readFile(file: string, stdin: NodeJS.ReadStream): Promise<string> {
  try {
    return await text(file === '-' ? stdin : createReadStream(file));
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    const why = { ENOENT: 'there is no such file', EACCES: 'it may not be read', EISDIR: 'it is a folder' }[code];
    throw new UsageError(`${file} cannot be read: ${why ?? code}.`);
  }
}
