import { randomUUID } from 'node:crypto';
import {
  type DatadogCredentials,
  type DatadogData,
  type DatadogMatch,
  type EmulatedTriageEvent,
  signalsRead,
} from './datadog-data.ts';
import { type IndicatorQuery, readIndicatorQuery } from './datadog-query.ts';
import { isObject } from './json.ts';
import type { BodyRow, EmulatedAnswer, Protocol } from './protocol.ts';
import type { RecordedRequest } from './recorded-request.ts';

/** Behaviours that the documentation and recorded answers leave open. They may be changed while the emulator runs. */
export interface DatadogBehaviours {
  /** `objects` as recorded (JSON:API), `strings` as documented. */
  errorShape: 'objects' | 'strings';
  /** The requested `triage_history` of an indicator without triage. */
  emptyHistory: 'empty' | 'null' | 'absent';
}

export const datadogDefaults: DatadogBehaviours = { errorShape: 'objects', emptyHistory: 'empty' };

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
      const match = dataSet.find(question.indicator, question.matcher, org);
      return match ? { status: 200, headers: {}, json: envelope(match, question, behaviours) } : failure(404);
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

function attributesData(body: unknown): BodyRow | undefined {
  if (!isObject(body) || !isObject(body.data) || !isObject(body.data.attributes)) return undefined;
  return isObject(body.data.attributes.data) ? body.data.attributes.data : undefined;
}

/** Without a row, `attributes.data` is left out. */
function withAttributes(body: unknown, row: BodyRow | undefined): unknown {
  if (!isObject(body) || !isObject(body.data)) return body;
  return { ...body, data: { ...body.data, attributes: { data: row } } };
}
