/** Values that are here already, or come later. */

export type MaybePromise<Value> = Value | Promise<Value>;

/** `then` that stays synchronous for a value that is not a promise, such as a cached one. */
export const after = <Value, Result>(
  value: MaybePromise<Value>,
  next: (value: Value) => MaybePromise<Result>,
): MaybePromise<Result> => (value instanceof Promise ? value.then(next) : next(value));

/** `Promise.all` that stays synchronous where nothing is a promise. */
export const all = <Value>(values: readonly MaybePromise<Value>[]): MaybePromise<readonly Value[]> =>
  values.some(value => value instanceof Promise) ? Promise.all(values) : (values as readonly Value[]);

/** Calls `make` at the first use, and keeps its value. */
export function once<Value>(make: () => Value): () => Value {
  let made: { readonly value: Value } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
