/**
 * Night Watch as an emulator, written from its document, which is this comment: `GET /v1/sightings?value=…` with a key
 * returns a sighting, `POST` records one.
 */
import type { BodyRow, EmulatorKind, Protocol } from '../../../src/emulators/protocol.ts';

/** Value → answer; other values are unknown. */
export type NightWatchData = Map<string, BodyRow>;

const keys = new Set(['night-key', 'callers-key', 'next-key']);
const unknown = { error: 'unknown value' };
const isRow = (body: unknown): body is BodyRow => typeof body === 'object' && body !== null && 'danger' in body;

function createNightWatch(dataSet: NightWatchData): Protocol {
  const answer: Protocol['answer'] = ({ method, headers, path, query }) => {
    if (!keys.has(String(headers.key))) return { status: 401, headers: {}, json: { error: 'no key' } };
    if (method === 'POST') return { status: 201, headers: {}, json: { recorded: true } };
    const found = path === '/v1/sightings' ? dataSet.get(query.get('value') ?? '') : undefined;
    return { status: found ? 200 : 404, headers: {}, json: found ?? unknown };
  };
  return {
    name: 'night_watch',
    contentType: 'application/json',
    keyHeaders: ['key'],
    answer,
    values: ({ query }) => query.getAll('value'),
    errorBody: status => ({ error: `HTTP ${status}` }),
    quotaBody: () => ({ error: 'quota' }),
    rows: body => (isRow(body) ? [body] : []),
    withRows: (body, rows) => rows[0] ?? body,
    wrongTypes: { danger: 'very' },
    hugeNumbers: { reports: '9223372036854775807' },
    aboutAnother: value => ({ value }),
  };
}

export const nightWatchEmulator: EmulatorKind<NightWatchData, object> = {
  title: 'Night Watch',
  port: 4012,
  credentials: { NIGHT_WATCH_KEY: 'night-key' },
  usage: 'Key: night-key',
  createData: () => new Map(),
  accuse: (dataSet, value) =>
    dataSet.set(value, { value, danger: 91, reports: 7, last_report: '2026-05-01T00:00:00Z' }),
  behaviours: {},
  create: createNightWatch,
};
