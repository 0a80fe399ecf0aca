/** Assigns the rows of a search to the indicators that were searched for. Pure. */
import type { z } from 'zod';
import { indicatorKey, parseIndicator } from '../../../domain/indicator/indicator.ts';
import type { UpstreamError } from '../../../http-client/errors.ts';
import { malformed, unreadable } from '../errors.ts';
import type { RecordsSubject } from '../facts.ts';
import { type MappedRecord, mapRecord } from '../mapping.ts';
import { rowSubject, wireRecord } from '../wire.ts';

/** The subjects that a row's value is about, whatever its type; undefined: no such value was requested. */
export type Attribute = (value: string) => readonly RecordsSubject[] | undefined;

/** By subject: the records, or why they cannot be used. */
export type AssignedRecords = ReadonlyMap<RecordsSubject, readonly MappedRecord[] | UpstreamError>;

/**
 * Each subject gets the rows that a search for it alone would find: of its value, and of one of its own type names. An
 * unreadable row fails only the subjects that it is about. A row that was not requested fails the whole answer: it may
 * have replaced a requested one, and that indicator would then look clean. Throws UpstreamError.
 */
export function assignRows(
  rows: readonly unknown[],
  subjects: readonly RecordsSubject[],
  attribute: Attribute,
  refused: MappedRecord['refused'],
): AssignedRecords {
  const typeNames = new Set(subjects.flatMap(subject => subject.typeNames));
  const assigned = new Map<RecordsSubject, MappedRecord[] | UpstreamError>(subjects.map(subject => [subject, []]));
  for (const row of rows) {
    const record = wireRecord.safeParse(row);
    const { value, type } = record.success ? record.data : subjectOf(row);
    const about = attribute(value);
    if (about === undefined || !typeNames.has(type.shortName))
      throw malformed('Argus answered about another indicator.');
    for (const subject of about) {
      if (!subject.typeNames.includes(type.shortName)) continue;
      const records = assigned.get(subject);
      if (!record.success) assigned.set(subject, unreadable(record.error));
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

/** By text, then by canonical form, because Argus may spell a value in its own way. */
export function toExactValue(subjects: readonly RecordsSubject[]): Attribute {
  const byText = Map.groupBy(subjects, ({ indicator }) => indicator.value as string);
  const byKey = Map.groupBy(subjects, ({ indicator }) => indicatorKey(indicator));
  const types = [...new Set(subjects.map(({ indicator }) => indicator.type))];
  return value => {
    const known = byText.get(value);
    if (known !== undefined) return known;
    const readings = types.map(type => parseIndicator(value, type).indicator);
    const about = readings.flatMap(indicator => (indicator && byKey.get(indicatorKey(indicator))) ?? []);
    if (about.length > 0) byText.set(value, about);
    return byText.get(value);
  };
}
