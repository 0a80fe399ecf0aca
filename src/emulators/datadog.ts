import { randomUUID } from 'node:crypto';
import {
  type DatadogCredentials,
  type DatadogData,
  type DatadogMatch,
  type EmulatedTriageEvent,
  signalsRead,
} from './datadog-data.ts';
import { listAnswer } from './datadog-list.ts';
import { type IndicatorQuery, readIndicatorQuery, readListQuery } from './datadog-query.ts';
import { isObject } from './json.ts';
import type { BodyRow, EmulatedAnswer, Protocol } from './protocol.ts';
import type { RecordedRequest } from './recorded-request.ts';

/** Behaviours that the documentation and recorded answers leave open. They may be changed while the emulator runs. */
export interface DatadogBehaviours {
  /** `objects` as recorded (JSON:API), `strings` as documented. */
  errorShape: 'objects' | 'strings';
  /** The requested `triage_history` of an indicator without triage. */
  emptyHistory: 'empty' | 'null' | 'absent';
  /** False: a site or an organisation without the IoC Explorer, where each of its routes is 404. */
  hasExplorer: boolean;
}

export const datadogDefaults: DatadogBehaviours = {
  errorShape: 'objects',
  emptyHistory: 'empty',
  hasExplorer: true,
};

const listPath = '/api/v2/security/siem/ioc-explorer';
const indicatorPath = `${listPath}/indicator`;

/** Datadog's IoC Explorer: its list, and "Get an indicator of compromise". */
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
    const match = dataSet.find(question.indicator, question.matcher, org);
    return match ? success(envelope(match, question, behaviours)) : failure(404);
  }

  function list(query: URLSearchParams, org: string): EmulatedAnswer {
    const question = readListQuery(query);
    return 'problem' in question ? failure(400, question.problem) : success(listAnswer(dataSet, question, org));
  }

  const routes = new Map([
    [indicatorPath, find],
    [listPath, list],
  ]);

  return {
    name: 'datadog',
    contentType: 'application/vnd.api+json',
    keyHeaders: ['dd-api-key', 'dd-application-key'],
    answer: request => {
      const org = access(request, dataSet.credentials);
      if (typeof org === 'number') return failure(org);
      const route = behaviours.hasExplorer ? routes.get(request.path) : undefined;
      if (route === undefined) return failure(404, 'Not Found');
      return request.method === 'GET' ? route(request.query, org) : failure(405);
    },
    values: ({ query }) => query.getAll('indicator'),
    errorBody,
    quotaBody: () => errors(behaviours.errorShape, 'Payment Required'),
    rows: rowsIn,
    withRows,
    wrongTypes: {
      score: 'very high',
      malicious_sources: 'SOURCE1',
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

/** The organisation of the credentials; 401 without usable credentials, 403 for credentials without access. */
function access({ headers }: RecordedRequest, credentials: DatadogCredentials): string | 401 | 403 {
  const { authorization } = headers;
  if (typeof authorization === 'string' && /^bearer /i.test(authorization)) {
    const token = credentials.tokens.get(authorization.slice('bearer '.length));
    if (!token) return 401;
    return token.scopes.includes(signalsRead) ? token.org : 403;
  }
  const apiKey = headers['dd-api-key'];
  const appKey = headers['dd-application-key'];
  if (!apiKey || !appKey) return 401;
  return credentials.keyPairs.get(`${apiKey}:${appKey}`) ?? 403;
}

function envelope(match: DatadogMatch, { history }: IndicatorQuery, behaviours: DatadogBehaviours): unknown {
  const triage = history && {
    triage_history: page(match.history.slice(history.offset, history.offset + history.limit), behaviours),
  };
  // Each answer has a new id: it identifies the answer and not the indicator.
  return {
    data: {
      id: randomUUID(),
      type: 'get_indicator_response',
      attributes: { data: { ...match.attributes, ...triage } },
    },
  };
}

function page(
  events: readonly EmulatedTriageEvent[],
  { emptyHistory }: DatadogBehaviours,
): readonly EmulatedTriageEvent[] | null | undefined {
  if (events.length > 0) return events;
  return { empty: [], null: null, absent: undefined }[emptyHistory];
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
