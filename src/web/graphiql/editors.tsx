import { pick, useGraphiQL } from '@graphiql/react';
import { useEffect } from 'react';

/**
 * An indicator is text here, and nothing else: no editor turns a hostile URL into a link to click, and the answer's hover is
 * off, since GraphiQL's own loads the picture that a URL names (`//evil.example.org/x.png`), from wherever that is.
 */
export function InertEditors() {
  const { queryEditor, variableEditor, headerEditor, responseEditor } = useGraphiQL(
    pick('queryEditor', 'variableEditor', 'headerEditor', 'responseEditor'),
  );
  useEffect(() => {
    for (const editor of [queryEditor, variableEditor, headerEditor]) editor?.updateOptions({ links: false });
    responseEditor?.updateOptions({ links: false, hover: { enabled: false } });
  }, [queryEditor, variableEditor, headerEditor, responseEditor]);
  return null;
}
