import { constants, createGzip, type Gzip } from 'node:zlib';

/** Of those that every client knows, and at its cheapest: others make an answer little smaller, and take as long. */
export const gzipFast = (): Gzip => createGzip({ level: constants.Z_BEST_SPEED });

/** Whether the Accept-Encoding header names gzip, and not in order to refuse it (`gzip;q=0`). */
export function acceptsGzip(accepted: string | undefined): boolean {
  const named = /(?:^|,)\s*gzip\s*(?:;\s*q\s*=\s*([\d.]+)\s*)?(?=,|$)/i.exec(accepted ?? '');
  return named !== null && Number(named[1] ?? 1) > 0;
}
