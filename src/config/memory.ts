/** How much memory each part may take: every bound follows one figure, by one table. */
import { getHeapStatistics } from 'node:v8';

const megabyte = 1024 * 1024;

/** Hundredths of the figure, and the most that is of use: with plenty of memory, all have that. */
const shares = {
  /** Facts and answers of the operations under way. */
  work: { percent: 45, mostMb: 256 },
  /** Cached facts, absences included. */
  facts: { percent: 25, mostMb: 64 },
  /** Operations that were executed before, ready to be executed again. */
  operations: { percent: 12, mostMb: 64 },
  /** Pieces of answers. */
  fragments: { percent: 8, mostMb: 24 },
  /** Parsed texts that Apollo Server has answered. */
  documents: { percent: 4, mostMb: 30 },
  /** Texts of operations whose literals were lifted out. */
  liftedTexts: { percent: 2, mostMb: 4 },
  /** Texts of operations that clients name by a hash. */
  textsByHash: { percent: 1, mostMb: 4 },
  /** Automatic persisted queries. */
  persistedQueries: { percent: 3, mostMb: 30 },
} as const;

/** Bytes. */
export type MemoryShares = Readonly<Record<keyof typeof shares, number>>;

/** They add up to no more than `limitMb`. */
export function shareMemory(limitMb: number): MemoryShares {
  const bytes = ({ percent, mostMb }: (typeof shares)[keyof typeof shares]) =>
    Math.floor(Math.min((limitMb * percent) / 100, mostMb) * megabyte);
  return {
    work: bytes(shares.work),
    facts: bytes(shares.facts),
    operations: bytes(shares.operations),
    fragments: bytes(shares.fragments),
    documents: bytes(shares.documents),
    liftedTexts: bytes(shares.liftedTexts),
    textsByHash: bytes(shares.textsByHash),
    persistedQueries: bytes(shares.persistedQueries),
  };
}

/** What a process may take: of its heap, and with everything else. */
export interface ProcessMemory {
  readonly heapLimit: number;
  /** Of the container; 0: there is none, or it is not known. */
  readonly containerLimit: number;
}

export const readProcessMemory = (): ProcessMemory => ({
  heapLimit: getHeapStatistics().heap_size_limit,
  containerLimit: process.constrainedMemory(),
});

/**
 * The figure, unless MEMORY_LIMIT_MB is set: half of the heap's limit, which follows the container's. The other half is for
 * the program itself, and for garbage that is not collected yet.
 */
export function defaultLimitMb({ heapLimit, containerLimit }: ProcessMemory): number {
  const smaller = containerLimit > 0 ? Math.min(heapLimit, containerLimit) : heapLimit;
  return Math.floor(smaller / 2 / megabyte);
}

/** What to tell the operator about a figure that this process has no room for. */
export function memoryWarnings(limitMb: number, memory: ProcessMemory): readonly string[] {
  const fitting = defaultLimitMb(memory);
  if (limitMb <= fitting) return [];
  return [`MEMORY_LIMIT_MB is ${limitMb}, but this process has room for ${fitting}: lower it, or raise its memory`];
}
