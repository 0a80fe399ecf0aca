/** Assigns the rows of a search to the indicators that were searched for. Pure, and in slices where there are many. */
import { indicatorKey, parseIndicator } from '../../../domain/indicator/indicator.ts';
import { parseIpSpan, spanKey } from '../../../domain/indicator/ip-span.ts';
import type { Indicator } from '../../../domain/indicator/model.ts';
import { eachInSlices, type Later, whenThere } from '../../../slices.ts';
import { once } from '../../once.ts';
import type { OnUnreadable } from '../../tolerant-read.ts';
import type { RecordsSubject } from '../facts.ts';
import { isPresent, type MappedRecord, mapRecord } from '../mapping.ts';
import { readRecord } from '../wire.ts';
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

export interface AssignedRecords {
  readonly bySubject: ReadonlyMap<RecordsSubject, Assigned>;
  /** A row was about none of them: it may have taken the place of one that is. */
  readonly hasForeignRows: boolean;
}

export function assignRows(
  rows: readonly unknown[],
  subjects: readonly RecordsSubject[],
  attribute: Attribute,
  refused: MappedRecord['refused'],
  onUnreadable: OnUnreadable,
): Later<AssignedRecords> {
  const bySubject = new Map<RecordsSubject, Assigned>(
    subjects.map(subject => [subject, { records: [], covering: [] }]),
  );
  let hasForeignRows = false;
  const assignRow = (row: unknown): void => {
    const wire = readRecord(row, onUnreadable);
    const record = wire && mapRecord(wire, refused);
    const about = record && attribute(record.value, record.reputationType.shortName);
    if (record === undefined || about === undefined) {
      hasForeignRows = true;
      return;
    }
    for (const subject of about.exact) bySubject.get(subject)?.records.push(record);
    // What covered it once, or was deleted, is no present listing, and proves nothing of what covers it now.
    if (isPresent(record)) for (const subject of about.covered) bySubject.get(subject)?.covering.push(record);
  };
  return whenThere(eachInSlices(rows, assignRow), () => ({ bySubject, hasForeignRows }));
}

/**
 * By text, then by canonical form, by the address, or without regard to case, because Argus may spell a value in its own
 * way. A search names no types: where two indicators have one text, a row goes to the one whose type it names, or to both.
 */
export function toExactValue(subjects: readonly RecordsSubject[]): Attribute {
  const byText = Map.groupBy(subjects, ({ indicator }) => indicator.value as string);
  const spellings = once(() => spellingsOf(subjects));
  const subjectsOf = (value: string): readonly RecordsSubject[] => {
    const known = byText.get(value);
    if (known !== undefined) return known;
    const about = spellings()(value);
    if (about.length > 0) byText.set(value, about);
    return about;
  };
  return (value, typeName) => {
    const about = subjectsOf(value);
    if (about.length === 0) return undefined;
    const ofType = about.filter(({ indicator }) => isNameOf(indicator.type, typeName));
    const exact = ofType.length > 0 ? ofType : about.filter(({ indicator }) => isPlainly(indicator, typeName));
    return { exact, covered: [] };
  };
}

/** Who is meant by a value that is not spelled as any of them. */
function spellingsOf(subjects: readonly RecordsSubject[]): (value: string) => RecordsSubject[] {
  const byKey = Map.groupBy(subjects, ({ indicator }) => indicatorKey(indicator));
  const bySpan = Map.groupBy(subjects, ({ indicator }) => spanTextOf(indicator.value));
  const byFolded = Map.groupBy(subjects, ({ indicator }) => indicator.value.toLowerCase());
  const types = [...new Set(subjects.map(({ indicator }) => indicator.type))];
  return value => {
    const readings = types.map(type => parseIndicator(value, type).indicator);
    const read = readings.flatMap(indicator => (indicator && byKey.get(indicatorKey(indicator))) ?? []);
    if (read.length > 0) return read;
    const span = spanTextOf(value);
    return (span === undefined ? byFolded.get(value.toLowerCase()) : bySpan.get(span)) ?? [];
  };
}

/**
 * A list may keep a value under another type than ours, and its row counts. But who takes a text for another thing than it looks
 * like, such as a hash for a domain, is given no row about what it looks like, no matter who else asks at that moment.
 */
function isPlainly({ type, value }: Indicator, typeName: string): boolean {
  const plain = parseIndicator(value).indicator?.type;
  return plain === undefined || plain === type || !isNameOf(plain, typeName);
}

function spanTextOf(value: string): string | undefined {
  const span = parseIpSpan(value);
  return span && spanKey(span);
}
