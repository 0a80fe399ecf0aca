import { toSource } from './source-maps.ts';

/** The loggable part of an unexpected error. */
export interface Bug {
  /** Its class name. */
  readonly error: string;
  /** Stack frames, without the message. */
  readonly frames: readonly string[];
}

const maxFrames = 20;

/**
 * The class of an error and its stack frames. The message is cut off, because it may contain a key or an indicator; lines
 * that do not look like a frame are dropped as well.
 */
export function describeBug(problem: unknown): Bug {
  if (!(problem instanceof Error)) return { error: typeof problem, frames: [] };
  const { stack = '', message } = problem;
  const begin = stack.indexOf(message);
  const frames = stack
    .slice(begin < 0 ? stack.length : begin + message.length)
    .split('\n')
    .map(line => line.trim())
    .filter(line => /^at [^"'`]*$/.test(line));
  return { error: nameOf(problem), frames: frames.slice(0, maxFrames).map(toSource) };
}

const nameOf = (error: Error): string => (/^\w{1,64}$/.test(error.constructor.name) ? error.constructor.name : 'Error');
