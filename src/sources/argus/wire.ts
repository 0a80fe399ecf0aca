/**
 * What Argus sends, as far as we use it: the result set of every endpoint, and the records inside. Unknown fields are
 * ignored, `messages` may be null, times are epoch milliseconds (ISO texts are announced) where 0 means "not set", and
 * enums may get new values at any time. Only a record's value is required of it.
 */
import { z } from 'zod';
import { flag, instant, type Kind, number, text } from '../tolerant-kinds.ts';
import {
  asList,
  fieldOf,
  isObject,
  listOf,
  lose,
  type OnUnreadable,
  partOf,
  type SentPart,
  tellLost,
  wholeOf,
} from '../tolerant-read.ts';

/** The last instant for which a Date has a name, and its negative the first. */
const lastMilliseconds = 8.64e15;

/** Epoch milliseconds, or ISO; 0 and -1 are "not set", in either form. */
const time: Kind<string> = sent => {
  const isMilliseconds = typeof sent === 'number' && Math.abs(sent) <= lastMilliseconds;
  const read = isMilliseconds ? new Date(sent).toISOString() : instant(sent);
  if (read == null) return read;
  return read <= '1970-01-01T00:00:00.000Z' || read === '1970-01-01T00:00:00Z' ? null : read;
};

/** A time of deletion that cannot be read is one all the same. */
const deletion: Kind<string> = sent => {
  const read = time(sent);
  const isTime = typeof sent === 'string' && /^\d{4}-\d{2}|^\d{10,}/.test(sent);
  return read === undefined && isTime ? unreadableTime : read;
};
export const unreadableTime = 'unreadable';

/** 0 to 1 as documented; more than 1 is per cent. Null: not known, which -1 means too. */
const confidence: Kind<number> = sent => {
  const read = number(sent);
  if (read == null) return read;
  if (read < 0 || read > 100) return null;
  return read > 1 ? read / 100 : read;
};

interface WireNamed {
  readonly id: string | null;
  readonly shortName: string | null;
  readonly name: string | null;
}

const nameless: WireNamed = { id: null, shortName: null, name: null };

/** What has a name may be sent as an object, or as its name alone. */
function namedIn(part: SentPart, field: string, sent: unknown = part.sent[field]): WireNamed | null {
  if (typeof sent === 'string') return { ...nameless, shortName: text(sent) ?? null };
  const named = partOf(part, field, sent);
  return (
    named && {
      id: fieldOf(named, 'id', text),
      shortName: fieldOf(named, 'shortName', text),
      name: fieldOf(named, 'name', text),
    }
  );
}

function nameIn(part: SentPart, field: string, sent?: unknown): string | null {
  const named = namedIn(part, field, sent);
  return named?.shortName ?? named?.name ?? null;
}

function listIn(part: SentPart) {
  const named = namedIn(part, 'indicatorList');
  const list = named && isObject(part.sent.indicatorList) ? partOf(part, 'indicatorList') : null;
  return named && { ...named, confidence: list && fieldOf(list, 'confidence', confidence) };
}

const propertyIn = (part: SentPart) => ({
  descriptor: namedIn(part, 'descriptor'),
  dataType: fieldOf(part, 'dataType', text),
  multiValue: fieldOf(part, 'multiValue', flag),
  value: part.sent.value,
  values: listOf(part, 'values'),
});

function propertiesIn(part: SentPart) {
  const properties: WireProperty[] = [];
  for (const sent of listOf(part, 'properties') ?? []) {
    const property = isObject(sent) ? partOf(part, 'properties', sent) : lose(part, 'properties');
    if (property !== null) properties.push(propertyIn(property));
  }
  return properties;
}

const recordIn = (part: SentPart, value: string) => ({
  id: fieldOf(part, 'id', text),
  indicatorList: listIn(part),
  type: namedIn(part, 'type'),
  value,
  firstSeenTimestamp: fieldOf(part, 'firstSeenTimestamp', time),
  lastSeenTimestamp: fieldOf(part, 'lastSeenTimestamp', time),
  /** The record's own, 0 to 1: in Argus's SDK, not on its page. */
  confidence: fieldOf(part, 'confidence', confidence),
  state: nameIn(part, 'state', part.sent.state),
  createdTimestamp: fieldOf(part, 'createdTimestamp', time),
  lastUpdatedTimestamp: fieldOf(part, 'lastUpdatedTimestamp', time),
  deletedTimestamp: fieldOf(part, 'deletedTimestamp', deletion),
  flags: asList(part.sent.flags).map(sent => nameIn(part, 'flags', sent)),
  properties: propertiesIn(part),
});

/** A record without a field that cannot be read; undefined where its value cannot. */
export function readRecord(row: unknown, onUnreadable: OnUnreadable): WireRecord | undefined {
  const value = isObject(row) ? text(row.value) : undefined;
  if (!isObject(row) || value == null) return undefined;
  const whole = wholeOf(row);
  const record = recordIn(whole, value);
  tellLost(whole, onUnreadable);
  return record;
}

/** A number of digits as text is a number; anything else is null. */
const count = z
  .union([
    z.int(),
    z
      .string()
      .regex(/^-?\d{1,15}$/)
      .transform(Number),
  ])
  .nullish()
  .catch(null)
  .transform(sent => sent ?? null);

/** Repeats the HTTP status. An error has `data: null`, and must not be read as an empty answer. */
const responseCode = count.refine(code => code === null || code < 300);

/** A result set. Its rows are validated one by one, because a bad one must not cost the others. `count` -1: not counted. */
export const resultSet = z.object({
  responseCode,
  limit: count,
  count,
  messages: z
    .array(z.unknown())
    .nullish()
    .catch(['unreadable'])
    .transform(sent => sent ?? []),
  metaData: z
    .record(z.string(), z.unknown())
    .nullish()
    .catch(null)
    .transform(sent => sent ?? {}),
  data: z.custom<readonly unknown[] | null>(sent => sent === null || Array.isArray(sent)),
});

/** The envelope around one object; `data: null` is documented for an object that does not exist. */
export const singleResult = z.object({ responseCode, data: z.unknown() });

const sentText = z
  .union([z.string(), z.number()])
  .nullish()
  .transform(sent => text(sent) ?? null);
export const wireType = z.object({ shortName: z.string().min(1), name: sentText });

export type WireRecord = ReturnType<typeof recordIn>;
export type WireProperty = ReturnType<typeof propertyIn>;
