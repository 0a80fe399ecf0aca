import './nonce.ts';
import './workers.ts';
import '@graphiql/react/style.css';
import '@graphiql/plugin-doc-explorer/style.css';
import '@graphiql/plugin-history/style.css';
import 'graphiql/graphiql.css';
import './page.css';
import { GraphiQL } from 'graphiql';
import { createRoot } from 'react-dom/client';
import { readAddress } from './address.ts';
import { EarlyRun } from './early-run.tsx';
import { InertEditors } from './editors.tsx';
import { fetchGraphql } from './fetch-graphql.ts';
import { ChosenOperation } from './operation.tsx';
import { storage } from './storage.ts';
import { SystemTheme } from './system-theme.tsx';
import { startTabs } from './tabs.ts';

const linked = readAddress(location.search);
const headers = document.querySelector<HTMLMetaElement>('meta[name=graphiql-headers]')?.content ?? '';

createRoot(document.getElementById('graphiql') as HTMLElement).render(
  <GraphiQL
    fetcher={fetchGraphql}
    storage={storage}
    defaultTabs={startTabs(linked, headers)}
    defaultHeaders={headers}
    defaultEditorToolsVisibility="variables"
    inputValueDeprecation
    schemaDescription
    showPersistHeadersSettings={false}
    {...(linked.query !== undefined && { initialQuery: linked.query, initialVariables: linked.variables ?? '' })}
  >
    <GraphiQL.Logo>
      <span className="brand">Indicator Gateway</span>
    </GraphiQL.Logo>
    <InertEditors />
    <EarlyRun />
    <SystemTheme />
    <ChosenOperation name={linked.operationName} />
  </GraphiQL>,
);
