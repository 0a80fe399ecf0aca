import { pipeline, Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';
import { giveWay, isSliceOver } from '../slices.ts';
import { acceptsGzip, gzipFast } from './compression.ts';
import { endSlowReader } from './slow-reader.ts';

const charactersPerPart = 128 * 1024;

/** Compression takes a quarter of a millisecond, however short the text: shorter ones are sent as they are. */
const compressedFrom = 16 * 1024;

/**
 * Sends a text, compressed in other threads if it is worth that and the client takes it. A long one part by part, for to
 * encode and write it in one go takes tens of milliseconds. What secrets are in it, its length does not tell to others: no page
 * of another site can make a browser send a caller's key.
 */
export function sendText(reply: FastifyReply, text: string): FastifyReply {
  if (text.length > charactersPerPart) endSlowReader(reply, text.length);
  if (text.length >= compressedFrom && acceptsGzip(reply.request.headers['accept-encoding'])) {
    const parts = pipeline(Readable.from(partsOf(text)), gzipFast(), () => {});
    return reply.header('content-encoding', 'gzip').send(parts);
  }
  if (text.length <= 2 * charactersPerPart) return reply.send(text);
  return reply.header('content-length', Buffer.byteLength(text)).send(Readable.from(partsOf(text)));
}

async function* partsOf(text: string): AsyncGenerator<Buffer> {
  for (let from = 0; from < text.length; ) {
    if (isSliceOver()) await giveWay();
    const to = from + charactersPerPart;
    const isBetweenHalves = /[\ud800-\udbff]/.test(text[to - 1] ?? '');
    const end = isBetweenHalves ? to - 1 : to;
    yield Buffer.from(text.slice(from, end));
    from = end;
  }
}
