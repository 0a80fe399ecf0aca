/**
 * What Argus sends, as far as we use it: the result set that every endpoint answers with, and the record inside.
 * Unknown fields are ignored, `messages` may be null, times are epoch milliseconds (an ISO text is announced), 0 is "not
 * set", and new enum values may come any day.
 */
import { z } from 'zod';

const text = z.string().nullish();
const time = z.union([z.number(), z.iso.datetime({ offset: true })]).nullish();
const json = z.unknown();

const property = z.object({
  descriptor: z.object({ id: z.string(), name: text, shortName: z.string() }),
  dataType: text,
  multiValue: z.boolean().nullish(),
  value: json,
  values: z.array(json).nullish(),
});

export const wireRecord = z.object({
  id: z.string().min(1),
  indicatorList: z.object({ id: z.string(), shortName: z.string(), name: text, confidence: z.number().nullish() }),
  type: z.object({ shortName: z.string(), name: text }),
  value: z.string(),
  firstSeenTimestamp: time,
  lastSeenTimestamp: time,
  state: text,
  createdTimestamp: time,
  lastUpdatedTimestamp: time,
  deletedTimestamp: time,
  flags: z.array(z.string()).nullish(),
  properties: z.array(property).nullish(),
});

/** Repeats the HTTP status. A body that says otherwise, or nothing, is no answer: on errors `data` is null too. */
const responseCode = z.int().min(200).max(299);

/** A result set before its rows are looked at: one bad row must not spoil the others. `count` -1: could not count. */
export const resultSet = z.object({
  responseCode,
  limit: z.int().nullish(),
  offset: z.int().nullish(),
  count: z.int().nullish(),
  size: z.int().nullish(),
  data: z.array(z.unknown()).nullable(),
});

/** The envelope around one object; `data: null` is a documented way to say that there is none. */
export const singleResult = z.object({ responseCode, data: z.unknown() });

/** Enough of a row to tell what it is about, when the rest of it is unusable. */
export const rowSubject = z.object({ value: z.string(), type: z.object({ shortName: z.string() }) });

export const wireType = z.object({ shortName: z.string().min(1), name: text });

export type WireRecord = z.infer<typeof wireRecord>;
export type WireProperty = z.infer<typeof property>;
