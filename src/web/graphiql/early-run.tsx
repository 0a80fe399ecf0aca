import { useGraphiQL, useGraphiQLActions } from '@graphiql/react';
import { useEffect, useRef } from 'react';

/** A click on Run before the editors are loaded, which GraphiQL drops, runs as soon as they are. */
export function EarlyRun() {
  const { run } = useGraphiQLActions();
  const isReady = useGraphiQL(state =>
    [state.queryEditor, state.variableEditor, state.headerEditor, state.responseEditor].every(Boolean),
  );
  const isWanted = useRef(false);
  useEffect(() => {
    if (isReady) {
      if (isWanted.current) run();
      isWanted.current = false;
      return;
    }
    function onClick({ target }: MouseEvent) {
      if (target instanceof Element && target.closest('.graphiql-execute-button')) isWanted.current = true;
    }
    document.addEventListener('click', onClick);
    return () => document.removeEventListener('click', onClick);
  }, [isReady, run]);
  return null;
}
