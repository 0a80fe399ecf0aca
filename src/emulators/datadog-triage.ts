/** Datadog's IoC Explorer, "Create an indicator triage state": each write is a new event. */
import { randomUUID } from 'node:crypto';
import type { DatadogData } from './datadog-data.ts';
import { isObject } from './json.ts';

const attributesOf = (body: unknown): Readonly<Record<string, unknown>> =>
  isObject(body) && isObject(body.data) && isObject(body.data.attributes) ? body.data.attributes : {};

/** The values that a body is about. */
export function triagedIn(body: unknown): readonly string[] {
  const { indicator, triage_state } = attributesOf(body);
  return typeof indicator === 'string' && triage_state !== undefined ? [indicator] : [];
}

export function triageAnswer(
  dataSet: DatadogData,
  body: unknown,
  org: string,
  user: string,
): { readonly problem?: string; readonly json?: unknown } {
  const { indicator, triage_state } = attributesOf(body);
  if (!isObject(body) || !isObject(body.data) || body.data.type !== 'ioc_triage_state')
    return { problem: 'invalid type' };
  if (typeof indicator !== 'string' || indicator === '') return { problem: 'indicator is required' };
  if (triage_state !== 'reviewed' && triage_state !== 'not_reviewed') return { problem: 'invalid triage_state' };
  // With microseconds, as recorded; no two events are of the same one.
  const triaged_at = new Date(performance.timeOrigin + performance.now())
    .toISOString()
    .replace('Z', `${String(Math.floor((performance.now() * 1000) % 1000)).padStart(3, '0')}Z`);
  dataSet.triage(indicator, { triage_state, triaged_at, triaged_by: user }, org);
  const attributes = { created_at: triaged_at, indicator, triage_state, triaged_at, triaged_by: user };
  return { json: { data: { id: randomUUID(), type: 'ioc_triage_state', attributes } } };
}
