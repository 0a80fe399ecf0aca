import { ApolloProvider } from '@apollo/client/react';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { Board } from './board.tsx';
import './board.css';
import { createClient } from './gateway.ts';

const root = document.getElementById('board');
if (root) {
  createRoot(root).render(
    <StrictMode>
      <ApolloProvider client={createClient()}>
        <Board />
      </ApolloProvider>
    </StrictMode>,
  );
}
