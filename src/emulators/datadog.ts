import { randomUUID } from 'node:crypto';
import { isIP } from 'node:net';
import type { DatadogBehaviours } from './datadog-behaviours.ts';
import {
  type DatadogCredentials,
  type DatadogData,
  type DatadogMatch,
  type EmulatedTriageEvent,
  signalsRead,
} from './datadog-data.ts';
import { type IndicatorQuery, readIndicatorQuery } from './datadog-query.ts';
import { read } from './datadog-readings.ts';
import { isObject } from './json.ts';
import type { BodyRow, EmulatedAnswer, Protocol } from './protocol.ts';
import type { RecordedRequest } from './recorded-request.ts';

const indicatorPath = '/api/v2/security/siem/ioc-explorer/indicator';

/** Datadog's IoC Explorer, "Get an indicator of compromise". */
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

  return {
    name: 'datadog',
    contentType: 'application/vnd.api+json',
    keyHeaders: ['dd-api-key', 'dd-application-key'],
    answer: request => {
      const org = access(request, dataSet.credentials);
      if (typeof org === 'number') return failure(org);
      if (request.path !== indicatorPath) return failure(404, 'Not Found');
      if (request.method !== 'GET') return failure(405);
      const question = readIndicatorQuery(request.query);
      if ('problem' in question) return failure(400, question.problem);
      if (behaviours.undocumentedKinds === '400' && !isDocumentedKind(question.indicator)) return failure(400);
      const { ocsfOmitted } = behaviours;
      const matcher = question.matcher === 'absent' && ocsfOmitted !== 'all' ? ocsfOmitted : question.matcher;
      const match = dataSet.find(question.indicator, matcher, org);
      if (match) return { status: 200, headers: {}, json: envelope(match, question, behaviours) };
      return unknownAnswers[behaviours.unknown] ?? failure(404);
    },
    values: ({ query }) => query.getAll('indicator'),
    errorBody,
    quotaBody: () => errors(behaviours.errorShape, 'Payment Required'),
    rows: body => {
      const row = attributesData(body);
      return row ? [row] : [];
    },
    withRows: (body, rows) => withAttributes(body, rows[0]),
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
  400: 'Bad Request',
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

function attributesData(body: unknown): BodyRow | undefined {
  if (!isObject(body) || !isObject(body.data) || !isObject(body.data.attributes)) return undefined;
  return isObject(body.data.attributes.data) ? body.data.attributes.data : undefined;
}

/** Without a row, `attributes.data` is left out. */
function withAttributes(body: unknown, row: BodyRow | undefined): unknown {
  if (!isObject(body) || !isObject(body.data)) return body;
  return { ...body, data: { ...body.data, attributes: { data: row } } };
}
