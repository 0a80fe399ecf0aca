/**
 * What Argus sends, as far as we use it: the result set of every endpoint, and the records inside. Unknown fields are
 * ignored, `messages` may be null, times are epoch milliseconds (ISO texts are announced) where 0 means "not set", and
 * enums may get new values at any time. Only a record's value is required of it.
 */
import { z } from 'zod';
import { instant, listOf, number, text } from '../tolerant-kinds.ts';
import { type OnUnreadable, readTolerantly } from '../tolerant-read.ts';

const milliseconds = z
  .number()
  .max(8.64e15)
  .transform(sent => new Date(sent).toISOString());

/** Epoch milliseconds, or ISO; 0 and -1 are "not set", in either form. */
const time = z
  .union([milliseconds, instant])
  .nullish()
  .transform(sent =>
    sent == null || sent <= '1970-01-01T00:00:00.000Z' || sent === '1970-01-01T00:00:00Z' ? null : sent,
  );

/** A time of deletion that cannot be read is one all the same. */
const deletion = z.union([
  time,
  z
    .string()
    .regex(/^\d{4}-\d{2}|^\d{10,}/)
    .transform(() => unreadableTime),
]);
export const unreadableTime = 'unreadable';

/** 0 to 1 as documented; more than 1 is per cent. Null: not known, which -1 means too. */
const confidence = number.transform(sent => {
  if (sent === null || sent < 0 || sent > 100) return null;
  return sent > 1 ? sent / 100 : sent;
});

const named = z.object({ id: text, shortName: text, name: text });
/** What has a name may be sent as an object, or as its name alone. */
const orName = <Kind extends z.ZodType>(kind: Kind) =>
  z.preprocess(sent => (typeof sent === 'string' ? { shortName: sent } : sent), kind.nullish());
const nameOnly = orName(named).transform(sent => sent?.shortName ?? sent?.name ?? null);

const property = z.object({
  descriptor: orName(named),
  dataType: text,
  multiValue: z.boolean().nullish(),
  value: z.unknown().optional(),
  values: z.array(z.unknown()).nullish(),
});

const wireRecord = z.object({
  id: text,
  indicatorList: orName(named.extend({ confidence })),
  type: orName(named),
  value: text.pipe(z.string()),
  firstSeenTimestamp: time,
  lastSeenTimestamp: time,
  /** The record's own, 0 to 1: in Argus's SDK, not on its page. */
  confidence,
  state: nameOnly,
  createdTimestamp: time,
  lastUpdatedTimestamp: time,
  deletedTimestamp: deletion,
  flags: listOf(nameOnly),
  properties: z.array(property).nullish(),
});

/** A record without a field that cannot be read; fails where its value cannot. */
export const readRecord = (row: unknown, onUnreadable: OnUnreadable) =>
  readTolerantly(wireRecord, row, ['value'], onUnreadable);

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
  data: z.array(z.unknown()).nullable(),
});

/** The envelope around one object; `data: null` is documented for an object that does not exist. */
export const singleResult = z.object({ responseCode, data: z.unknown() });

export const wireType = z.object({ shortName: z.string().min(1), name: text });

export type WireRecord = z.output<typeof wireRecord>;
export type WireProperty = z.output<typeof property>;
