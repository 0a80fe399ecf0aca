/** Assigns the rows of a search to the indicators that were searched for. Pure. */
import type { z } from 'zod';
import { indicatorKey, parseIndicator } from '../../../domain/indicator/indicator.ts';
import { UpstreamError } from '../../../http-client/errors.ts';
import { malformed, unreadable } from '../errors.ts';
import type { RecordsSubject } from '../facts.ts';
import { type MappedRecord, mapRecord } from '../mapping.ts';
import { rowSubject, wireRecord } from '../wire.ts';
import { isNameOf } from './type-names.ts';

/** Whom a row is about, by its value and type; undefined: it is about nothing that was searched for. */
export type Attribute = (value: string, typeName: string) => About | undefined;

interface About {
  /** It is the record of their very value. */
  readonly exact: readonly RecordsSubject[];
  /** It is the record of a parent domain or of a block around them. */
  readonly covered: readonly RecordsSubject[];
}

interface Assigned {
  readonly records: MappedRecord[];
  readonly covering: MappedRecord[];
}

/** By subject: the records, or why they cannot be used. */
export type AssignedRecords = ReadonlyMap<RecordsSubject, Assigned | UpstreamError>;

/**
 * An unreadable row fails only the subjects that it is about. A row that was not requested fails the whole answer: it may
 * have replaced a requested one, and that indicator would then look clean. Throws UpstreamError.
 */
export function assignRows(
  rows: readonly unknown[],
  subjects: readonly RecordsSubject[],
  attribute: Attribute,
  refused: MappedRecord['refused'],
): AssignedRecords {
  const assigned = new Map<RecordsSubject, Assigned | UpstreamError>(
    subjects.map(subject => [subject, { records: [], covering: [] }]),
  );
  for (const row of rows) {
    const record = wireRecord.safeParse(row);
    const { value, type } = record.success ? record.data : subjectOf(row);
    const about = attribute(value, type.shortName);
    if (about === undefined) throw malformed('Argus answered about another indicator.');
    for (const field of ['exact', 'covered'] as const) {
      for (const subject of about[field]) {
        const found = assigned.get(subject);
        if (!record.success) assigned.set(subject, unreadable(record.error));
        else if (found !== undefined && !(found instanceof UpstreamError))
          found[field === 'exact' ? 'records' : 'covering'].push(mapRecord(record.data, refused));
      }
    }
  }
  return assigned;
}

function subjectOf(row: unknown): z.infer<typeof rowSubject> {
  const subject = rowSubject.safeParse(row);
  if (!subject.success) throw unreadable(subject.error);
  return subject.data;
}

/**
 * By text, then by canonical form, because Argus may spell a value in its own way. A search names no types: where two
 * indicators have one text, a row goes to the one whose type it names, or to both.
 */
export function toExactValue(subjects: readonly RecordsSubject[]): Attribute {
  const byText = Map.groupBy(subjects, ({ indicator }) => indicator.value as string);
  const byKey = Map.groupBy(subjects, ({ indicator }) => indicatorKey(indicator));
  const types = [...new Set(subjects.map(({ indicator }) => indicator.type))];
  const subjectsOf = (value: string): readonly RecordsSubject[] => {
    const known = byText.get(value);
    if (known !== undefined) return known;
    const readings = types.map(type => parseIndicator(value, type).indicator);
    const about = readings.flatMap(indicator => (indicator && byKey.get(indicatorKey(indicator))) ?? []);
    if (about.length > 0) byText.set(value, about);
    return about;
  };
  return (value, typeName) => {
    const about = subjectsOf(value);
    if (about.length < 2) return about.length === 0 ? undefined : { exact: about, covered: [] };
    const ofType = about.filter(({ indicator }) => isNameOf(indicator.type, typeName));
    return { exact: ofType.length > 0 ? ofType : about, covered: [] };
  };
}
