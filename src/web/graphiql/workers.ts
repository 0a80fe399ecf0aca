/// <reference types="vite/client" />
import type { Environment } from 'monaco-editor';
import EditorWorker from 'monaco-editor/esm/vs/editor/editor.worker.js?worker';
import JsonWorker from 'monaco-editor/esm/vs/language/json/json.worker.js?worker';
import GraphqlWorker from 'monaco-graphql/esm/graphql.worker.js?worker';

const workers: Readonly<Record<string, new () => Worker>> = { json: JsonWorker, graphql: GraphqlWorker };

/** Monaco gets its workers here; all are files of this build. */
const environment: Environment = {
  getWorker: (_id, label) => new (workers[label] ?? EditorWorker)(),
};

Object.assign(globalThis, { MonacoEnvironment: environment });
