/** What may be logged of an unexpected error. */
export interface Bug {
  /** The name of its class. */
  readonly error: string;
  /** Where it was thrown. */
  readonly frames: readonly string[];
}

const mostFrames = 20;

/**
 * The class of an error and where it was thrown, never its text: whoever wrote that may have put a key, or somebody's
 * indicator, into it. (A frame is told by its shape; the text stands before the frames and is cut off by its length.)
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
  return { error: nameOf(problem), frames: frames.slice(0, mostFrames) };
}

const nameOf = (error: Error): string => (/^\w{1,64}$/.test(error.constructor.name) ? error.constructor.name : 'Error');
