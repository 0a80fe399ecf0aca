import { useEffect, useRef } from 'react';
import { onTick } from './clock.ts';
import { secondsUntilAskedAgain } from './gateway.ts';

/** Asks again while a query fails with what may pass. A hidden tab asks nothing. */
export function useAskedAgain(
  error: Error | undefined,
  refetch: () => Promise<{ readonly error?: Error | undefined }>,
) {
  const attempts = useRef(0);
  useEffect(() => {
    if (error === undefined) {
      attempts.current = 0;
      return;
    }
    const dueAfter = (problem: unknown) =>
      Date.now() + (secondsUntilAskedAgain(problem, attempts.current++) ?? Number.POSITIVE_INFINITY) * 1000;
    let dueAt = dueAfter(error);
    return onTick(() => {
      if (document.hidden || Date.now() < dueAt) return;
      dueAt = Number.POSITIVE_INFINITY;
      const failed = (problem: unknown) => {
        dueAt = dueAfter(problem);
      };
      void refetch().then(({ error: again }) => again && failed(again), failed);
    });
  }, [error, refetch]);
}
