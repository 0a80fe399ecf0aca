/** Assigns the rows of a search to the indicators that were searched for. Pure. */
import type { z } from 'zod';
import { indicatorKey, parseIndicator } from '../../../domain/indicator/indicator.ts';
import type { Indicator } from '../../../domain/indicator/model.ts';
import { UpstreamError } from '../../../http-client/errors.ts';
import type { RecordsSubject } from '../facts.ts';
import { type MappedRecord, mapRecord } from '../mapping.ts';
import { rowSubject, wireRecord } from '../wire.ts';

/** The searched indicators that a row's value and type are about; undefined: such a row was not requested. */
export type Attribute = (value: string, typeName: string) => readonly Indicator[] | undefined;

/** By indicator key: the records, or why they cannot be used. */
export type AssignedRecords = ReadonlyMap<string, readonly MappedRecord[] | UpstreamError>;

/**
 * An unreadable row fails only the indicators that it is about. A row that was not requested fails the whole answer: it
 * may have replaced a requested one, and that indicator would then look clean. Throws UpstreamError.
 */
export function assignRows(
  rows: readonly unknown[],
  subjects: readonly RecordsSubject[],
  attribute: Attribute,
  refused: MappedRecord['refused'],
): AssignedRecords {
  const assigned = new Map<string, MappedRecord[] | UpstreamError>(
    subjects.map(({ indicator }) => [indicatorKey(indicator), []]),
  );
  for (const row of rows) {
    const record = wireRecord.safeParse(row);
    const { value, type } = record.success ? record.data : subjectOf(row);
    const indicators = attribute(value, type.shortName);
    if (indicators === undefined) throw aboutAnother();
    for (const indicator of indicators) {
      const key = indicatorKey(indicator);
      const records = assigned.get(key);
      if (!record.success) assigned.set(key, unreadable(record.error));
      else if (Array.isArray(records)) records.push(mapRecord(record.data, refused));
    }
  }
  return assigned;
}

function subjectOf(row: unknown): z.infer<typeof rowSubject> {
  const subject = rowSubject.safeParse(row);
  if (!subject.success) throw unreadable(subject.error);
  return subject.data;
}

export const unreadable = (cause: unknown): UpstreamError =>
  new UpstreamError('ARGUS', 'MALFORMED', 'Argus sent a record in a shape that is not documented.', { cause });

const aboutAnother = (): UpstreamError =>
  new UpstreamError('ARGUS', 'MALFORMED', 'Argus answered about another indicator.');

/** Rows of the very value, and of a type under which Argus may keep it. */
export function toExactValue(subjects: readonly RecordsSubject[]): Attribute {
  const findSubject = subjectFinder(subjects);
  const typeNames = new Set(subjects.flatMap(subject => subject.typeNames));
  return (value, typeName) => {
    const subject = findSubject(value);
    if (subject === undefined || !typeNames.has(typeName)) return undefined;
    // The type was searched for because of another value: a search for this value alone would not have found the row.
    return subject.typeNames.includes(typeName) ? [subject.indicator] : [];
  };
}

/** By text, then by canonical form, because Argus may spell a value in its own way. */
function subjectFinder(subjects: readonly RecordsSubject[]): (value: string) => RecordsSubject | undefined {
  const byKey = new Map(subjects.map(subject => [indicatorKey(subject.indicator), subject]));
  const byText = new Map<string, RecordsSubject | undefined>(
    subjects.map(subject => [subject.indicator.value, subject]),
  );
  return value => {
    if (!byText.has(value)) {
      const { indicator } = parseIndicator(value);
      byText.set(value, indicator && byKey.get(indicatorKey(indicator)));
    }
    return byText.get(value);
  };
}
