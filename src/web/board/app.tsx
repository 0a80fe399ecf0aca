/** The page: its two views as tabs, each with an Apollo cache of its own, so that clearing one leaves the other whole. */
import { ApolloProvider } from '@apollo/client/react';
import { useState } from 'react';
import { Board } from './board.tsx';
import { createClient, ownKeyHeaders } from './gateway.ts';
import { KeyDialog } from './key-dialog.tsx';
import { TabList, TabPanel, useTab } from './tabs.tsx';
import { WorkList } from './work-list/work-list.tsx';

export function App() {
  const [clients] = useState(() => ({ workList: createClient(), values: createClient() }));
  const { tab, show } = useTab();
  const [hasShortcuts, setHasShortcuts] = useState(true);
  const [hasKeys, setHasKeys] = useState(false);
  const keys = { hasShortcuts: hasShortcuts && !hasKeys, onShortcuts: setHasShortcuts };
  return (
    <>
      <header className="top">
        <h1>
          <Logo /> Triage board
        </h1>
        <TabList tab={tab} onShow={show} />
        {ownKeyHeaders.length > 0 && (
          <button type="button" className="quiet" onClick={() => setHasKeys(true)}>
            Keys
          </button>
        )}
      </header>
      {hasKeys && <KeyDialog onClose={() => setHasKeys(false)} />}
      <TabPanel tab="work-list" shown={tab}>
        <ApolloProvider client={clients.workList}>
          <WorkList isShown={tab === 'work-list'} {...keys} />
        </ApolloProvider>
      </TabPanel>
      <TabPanel tab="values" shown={tab} isKept>
        <ApolloProvider client={clients.values}>
          <Board isShown={tab === 'values'} onShow={() => show('values')} {...keys} />
        </ApolloProvider>
      </TabPanel>
    </>
  );
}

const Logo = () => (
  <svg className="logo" viewBox="0 0 32 32" aria-hidden="true">
    <path d="M16 4.500 26 10.250v11.500L16 27.500 6 21.750v-11.500z" />
    <circle cx="16" cy="16" r="3.600" />
  </svg>
);
