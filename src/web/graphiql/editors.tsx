import { pick, useGraphiQL } from '@graphiql/react';
import { useEffect } from 'react';

/**
 * Indicators are shown as text only: no editor turns a hostile URL into a link. The hover of the response is off, because
 * GraphiQL's hover loads the image that a URL names (`//evil.example.org/x.png`). Tab leaves an editor, as it leaves any field.
 */
export function InertEditors() {
  const { queryEditor, variableEditor, headerEditor, responseEditor } = useGraphiQL(
    pick('queryEditor', 'variableEditor', 'headerEditor', 'responseEditor'),
  );
  useEffect(() => {
    for (const editor of [queryEditor, variableEditor, headerEditor])
      editor?.updateOptions({ links: false, tabFocusMode: true });
    responseEditor?.updateOptions({ links: false, tabFocusMode: true, hover: { enabled: false } });
  }, [queryEditor, variableEditor, headerEditor, responseEditor]);
  return null;
}
