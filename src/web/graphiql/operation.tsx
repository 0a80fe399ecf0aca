import { pick, useGraphiQL, useGraphiQLActions } from '@graphiql/react';
import { useEffect, useRef } from 'react';

/** Chooses `?operationName=` once the editor has read the document: the cursor is placed in it, so that Ctrl-Enter runs it. */
export function ChosenOperation({ name }: { readonly name: string | undefined }) {
  const { setOperationName } = useGraphiQLActions();
  const { operations, queryEditor } = useGraphiQL(pick('operations', 'queryEditor'));
  const start = operations?.find(operation => operation.name?.value === name)?.loc?.start;
  const isDone = useRef(false);
  useEffect(() => {
    const position = start === undefined ? undefined : queryEditor?.getModel()?.getPositionAt(start);
    if (position === undefined || name === undefined || isDone.current) return;
    isDone.current = true;
    queryEditor?.setPosition(position);
    queryEditor?.focus();
    setOperationName(name);
  }, [start, queryEditor, name, setOperationName]);
  return null;
}
