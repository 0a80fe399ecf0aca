import { randomUUID } from 'node:crypto';
import { isIP } from 'node:net';
import type { DatadogBehaviours } from './datadog-behaviours.ts';
import {
  type DatadogCredentials,
  type DatadogData,
  type DatadogMatch,
  type EmulatedTriageEvent,
  signalsRead,
  signalsWrite,
} from './datadog-data.ts';
import { listAnswer } from './datadog-list.ts';
import { type IndicatorQuery, readIndicatorQuery, readListQuery } from './datadog-query.ts';
import { inForm, read } from './datadog-readings.ts';
import { triageAnswer, triagedIn } from './datadog-triage.ts';
import { isObject } from './json.ts';
import type { BodyRow, EmulatedAnswer, Protocol } from './protocol.ts';
import type { RecordedRequest } from './recorded-request.ts';

const listPath = '/api/v2/security/siem/ioc-explorer';
const indicatorPath = `${listPath}/indicator`;

const alice = '00000000-0000-4000-8000-000000000001';

/** Datadog's IoC Explorer: its list, "Get an indicator of compromise", and its triage. */
export function createDatadog(dataSet: DatadogData, behaviours: DatadogBehaviours): Protocol {
  const errorBody: Protocol['errorBody'] = (status, shape) => {
    const usual = shape === 'usual' ? behaviours.errorShape : shape;
    return errors(usual, titles[status] ?? `HTTP ${status}`, status === 404 ? 'indicator not found' : undefined);
  };
  const failure = (status: number, detail?: string): EmulatedAnswer => ({
    status,
    headers: {},
    json: detail ? errors(behaviours.errorShape, titles[status] ?? '', detail) : errorBody(status, 'usual'),
  });

  function find(query: URLSearchParams, org: string): EmulatedAnswer {
    const question = readIndicatorQuery(query);
    if ('problem' in question) return failure(400, question.problem);
    if (behaviours.undocumentedKinds === '400' && !isDocumentedKind(question.indicator)) return failure(400);
    const { ocsfOmitted } = behaviours;
    const matcher = question.matcher === 'absent' && ocsfOmitted !== 'all' ? ocsfOmitted : question.matcher;
    const match = dataSet.find(question.indicator, matcher, org);
    if (match) return success(envelope(match, question, behaviours));
    return unknownAnswers[behaviours.unknown] ?? failure(404);
  }

  function list(query: URLSearchParams, org: string): EmulatedAnswer {
    const question = readListQuery(query);
    if ('problem' in question) return failure(400, question.problem);
    return success(listAnswer(dataSet, question, org, row => inForm(row, behaviours)));
  }

  function triage(request: RecordedRequest, { org, user }: Access): EmulatedAnswer {
    const { problem, json } = triageAnswer(dataSet, request.body, org, user);
    return problem === undefined ? { status: 201, headers: {}, json } : failure(400, problem);
  }

  const reading = (answer: (query: URLSearchParams, org: string) => EmulatedAnswer): DatadogRoute => ({
    method: 'GET',
    answer: ({ query }, { org }) => answer(query, org),
  });
  const routes = new Map<string, DatadogRoute>([
    [indicatorPath, reading(find)],
    [listPath, reading(list)],
    [`${listPath}/triage`, { method: 'POST', answer: triage }],
  ]);

  return {
    name: 'datadog',
    contentType: 'application/vnd.api+json',
    keyHeaders: ['dd-api-key', 'dd-application-key'],
    answer: request => {
      const granted = access(request, dataSet.credentials);
      if (typeof granted === 'number') return failure(granted);
      const route = behaviours.hasExplorer ? routes.get(request.path) : undefined;
      if (route === undefined) return failure(404, 'Not Found');
      if (request.method !== route.method) return failure(405);
      return request.method === 'POST' && !granted.mayWrite ? failure(403) : route.answer(request, granted);
    },
    values: ({ query, body }) => [...query.getAll('indicator'), ...triagedIn(body)],
    errorBody,
    quotaBody: () => errors(behaviours.errorShape, 'Payment Required'),
    rows: rowsIn,
    withRows,
    wrongTypes: {
      score: 'very high',
      malicious_sources: { SOURCE1: true },
      suspicious_sources: 7,
      signal_severity: 7,
      categories: { hosting_proxy: true },
      log_matches: 'many',
      triage_state: 7,
      triage_history: { triaged_at: 1 },
      users: ['a'],
    },
    hugeNumbers: { log_matches: '9007199254740993', signal_matches: '9223372036854775807', score: '1e400' },
    aboutAnother: value => ({ id: value, indicator: value }),
  };
}

/** Addresses, domains, SHA-1 and SHA-256. */
const isDocumentedKind = (indicator: string): boolean =>
  isIP(indicator) !== 0 || /^(?:[0-9a-f]{40}|[0-9a-f]{64}|(?:[a-z0-9_-]+\.)+[a-z][a-z0-9-]*)$/i.test(indicator);

const unknownAnswers: Readonly<Record<DatadogBehaviours['unknown'], EmulatedAnswer | undefined>> = {
  errors: undefined,
  empty: { status: 404, headers: {} },
  object: { status: 404, headers: {}, json: {} },
  html: { status: 404, headers: { 'content-type': 'text/html' }, bytes: Buffer.from('<h1>Not Found</h1>') },
  noErrors: { status: 404, headers: {}, json: { errors: [] } },
  nullData: { status: 200, headers: {}, json: { data: null } },
  noContent: { status: 204, headers: {} },
};

const titles: Record<number, string> = {
  400: 'Generic Error',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Generic Error',
  405: 'Method Not Allowed',
  429: 'Too many requests',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
};

function errors(shape: 'objects' | 'strings', title: string, detail?: string): unknown {
  if (shape === 'strings') return { errors: [detail ?? title] };
  return { errors: [detail === undefined ? { title } : { title, detail }] };
}

interface Access {
  readonly org: string;
  /** Whose key it is. */
  readonly user: string;
  readonly mayWrite: boolean;
}

interface DatadogRoute {
  readonly method: 'GET' | 'POST';
  answer(request: RecordedRequest, granted: Access): EmulatedAnswer;
}

/** The organisation of the credentials; 401 without usable credentials, 403 for credentials without access. */
function access({ headers }: RecordedRequest, credentials: DatadogCredentials): Access | 401 | 403 {
  const { authorization } = headers;
  if (typeof authorization === 'string' && /^bearer /i.test(authorization)) {
    const token = credentials.tokens.get(authorization.slice('bearer '.length));
    if (!token) return 401;
    const { org, scopes } = token;
    return scopes.includes(signalsRead) ? { org, user: alice, mayWrite: scopes.includes(signalsWrite) } : 403;
  }
  const apiKey = headers['dd-api-key'];
  const appKey = headers['dd-application-key'];
  if (!apiKey || !appKey) return 401;
  const org = credentials.keyPairs.get(`${apiKey}:${appKey}`);
  const user = credentials.users.get(String(appKey)) ?? alice;
  return org === undefined ? 403 : { org, user, mayWrite: !credentials.readers.has(String(appKey)) };
}

function envelope(match: DatadogMatch, question: IndicatorQuery, behaviours: DatadogBehaviours): unknown {
  const triage = question.history && { triage_history: historyPage(match.history, question.history, behaviours) };
  // Each answer has a new id: it identifies the answer and not the indicator.
  return {
    data: {
      id: randomUUID(),
      type: 'get_indicator_response',
      attributes: { data: { ...read(match.attributes, question.indicator, behaviours), ...triage } },
    },
  };
}

function historyPage(
  history: readonly EmulatedTriageEvent[],
  { limit, offset }: NonNullable<IndicatorQuery['history']>,
  { emptyHistory, historyDefault, historyMaximum }: DatadogBehaviours,
): readonly EmulatedTriageEvent[] | null | undefined {
  const usual = limit === Number.POSITIVE_INFINITY && historyDefault > 0 ? historyDefault : limit;
  const events = history.slice(offset, offset + Math.min(usual, historyMaximum || Number.POSITIVE_INFINITY));
  if (events.length > 0 && emptyHistory !== 'leftOut') return events;
  return { empty: [], null: null, absent: undefined, leftOut: undefined }[emptyHistory];
}

const success = (json: unknown): EmulatedAnswer => ({ status: 200, headers: {}, json });

const attributesIn = (body: unknown): BodyRow =>
  isObject(body) && isObject(body.data) && isObject(body.data.attributes) ? body.data.attributes : {};

/** `attributes.data` is a list in the list, and else the one row. */
function rowsIn(body: unknown): BodyRow[] {
  const { data } = attributesIn(body);
  return [data].flat().filter(isObject);
}

/** An answer about one indicator loses `attributes.data` where there is no row. */
function withRows(body: unknown, rows: readonly BodyRow[], count: 'kept' | 'honest'): unknown {
  if (!isObject(body) || !isObject(body.data)) return body;
  const { data, ...others } = attributesIn(body);
  const isList = Array.isArray(data);
  const counted = isList && count === 'honest' ? { metadata: { count: rows.length } } : {};
  const attributes = { ...others, ...counted, data: isList ? rows : rows[0] };
  return { ...body, data: { ...body.data, attributes } };
}
