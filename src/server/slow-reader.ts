/** A client that takes its answer too slowly is cut off: as long as it reads, the answer takes memory. */
import type { FastifyReply } from 'fastify';

/** The time that every client has, and the least that it has to take beyond that: half a megabit a second. */
const graceMs = 15_000;
const charactersPerMs = 64;

/** How long a client may take for an answer of so many characters. Milliseconds. */
export const longestReadMs = (characters: number): number => graceMs + characters / charactersPerMs;

/** Closes the connection when the time is over. To be called when the answer begins to be sent. */
export function endSlowReader({ raw }: FastifyReply, characters: number): void {
  const timer = setTimeout(() => raw.destroy(), longestReadMs(characters));
  timer.unref();
  raw.once('close', () => clearTimeout(timer));
}
