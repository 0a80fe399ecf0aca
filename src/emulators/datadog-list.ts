/** Datadog's IoC Explorer, "List indicators of compromise": filtered, in order, and page by page. */
import { randomUUID } from 'node:crypto';
import type { DatadogData, DatadogMatch } from './datadog-data.ts';
import type { ListQuery, Term } from './datadog-query.ts';
import { isObject } from './json.ts';

/** What "Get an indicator of compromise" answers and a row of the list does not. */
const notInRows = new Set([
  ...['additional_data', 'as_cidr_block', 'as_number', 'as_organization', 'critical_assets', 'hosts', 'log_sources'],
  ...['services', 'signal_severity', 'triage_history', 'users'],
]);

type Row = Readonly<Record<string, unknown>>;

/** `inForm` writes the members of a row. */
export function listAnswer(dataSet: DatadogData, query: ListQuery, org: string, inForm: (row: Row) => Row): unknown {
  const rows = dataSet
    .matches(query.matcher, org)
    .filter(match => isListed(match, query, dataSet.handles))
    .map(({ attributes }) => attributes);
  const data = sorted(rows, query)
    .slice(query.offset, query.offset + query.limit)
    .map(attributes => rowOf(inForm(attributes)));
  // Recorded: the offset is that of the next page, though its documentation calls it the current one.
  const paging = { offset: query.offset + data.length };
  const attributes = { data, metadata: { count: rows.length }, paging };
  return { data: { id: randomUUID(), type: 'ioc_explorer_response', attributes } };
}

const rowOf = (attributes: Row): Row =>
  Object.fromEntries(Object.entries(attributes).filter(([name]) => !notInRows.has(name)));

function isListed(
  { attributes, history }: DatadogMatch,
  { terms, triageState, workedBy }: ListQuery,
  handles: DatadogData['handles'],
): boolean {
  if (triageState !== 'absent' && (attributes.triage_state ?? 'not_reviewed') !== triageState) return false;
  if (workedBy !== null && !history.some(({ triaged_by }) => triaged_by === handles.get(workedBy))) return false;
  return terms.every(term => isMet(term, attributes));
}

function isMet({ field, value }: Term, attributes: Row): boolean {
  const wanted = value.toLowerCase();
  if (field === undefined) return String(attributes.indicator).toLowerCase().includes(wanted);
  return textsIn(attributes[field]).some(text => text.toLowerCase() === wanted);
}

function textsIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(textsIn);
  if (isObject(value)) return Object.values(value).flatMap(textsIn);
  return value == null ? [] : [String(value)];
}

/** In the order of the data where no column is given; what has no value comes first. */
function sorted(rows: readonly Row[], { sortBy, isDescending }: ListQuery): readonly Row[] {
  if (sortBy === undefined) return rows;
  const keyOf = (row: Row) => row[sortBy] as string | number | bigint | readonly string[] | undefined;
  const ascending = rows.toSorted((one, other) => {
    const [a = '', b = ''] = [keyOf(one), keyOf(other)];
    return a < b ? -1 : a > b ? 1 : 0;
  });
  return isDescending ? ascending.reverse() : ascending;
}
