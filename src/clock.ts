/** The clocks of the machine, in milliseconds. Tests pass their own. */
export interface Clock {
  /** Epoch milliseconds, for what is shown, and for times that others state. It may step in either direction. */
  readonly wall: () => number;
  /** Only ever grows, and counts from no particular moment: for every wait, window, age and deadline. */
  readonly monotonic: () => number;
}

export const systemClock: Clock = { wall: () => Date.now(), monotonic: () => performance.now() };
