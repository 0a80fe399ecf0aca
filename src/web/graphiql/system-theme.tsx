import { useGraphiQL, useGraphiQLActions } from '@graphiql/react';
import { useEffect } from 'react';

/** The editors follow the system's colours while the page is open, as the rest of GraphiQL does. */
export function SystemTheme() {
  const { setTheme } = useGraphiQLActions();
  const theme = useGraphiQL(state => state.theme);
  useEffect(() => {
    const isDark = matchMedia('(prefers-color-scheme: dark)');
    const follow = () => setTheme(theme);
    isDark.addEventListener('change', follow);
    return () => isDark.removeEventListener('change', follow);
  }, [setTheme, theme]);
  return null;
}
