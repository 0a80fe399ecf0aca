/**
 * What Argus sends, as far as we use it: the result set of every endpoint, and the records inside. Unknown fields are
 * ignored, `messages` may be null, times are epoch milliseconds (ISO texts are announced) where 0 means "not set", and
 * enums may get new values at any time.
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
  /** The record's own, 0 to 1: in Argus's SDK, not on its page. */
  confidence: z.number().nullish(),
  state: text,
  createdTimestamp: time,
  lastUpdatedTimestamp: time,
  deletedTimestamp: time,
  flags: z.array(z.string()).nullish(),
  properties: z.array(property).nullish(),
});

/** Repeats the HTTP status. Without it, an error, whose `data` is null, could be read as an empty answer. */
const responseCode = z.int().min(200).max(299);

/** A result set whose rows are validated one by one, because a bad one must not cost the others. `count` -1: not counted. */
export const resultSet = z.object({
  responseCode,
  limit: z.int().nullish(),
  offset: z.int().nullish(),
  count: z.int().nullish(),
  size: z.int().nullish(),
  data: z.array(z.unknown()).nullable(),
});

/** The envelope around one object; `data: null` is documented for an object that does not exist. */
export const singleResult = z.object({ responseCode, data: z.unknown() });

/** What a row is about, for rows that are otherwise unusable. */
export const rowSubject = z.object({ value: z.string(), type: z.object({ shortName: z.string() }) });

export const wireType = z.object({ shortName: z.string().min(1), name: text });

export type WireRecord = z.infer<typeof wireRecord>;
export type WireProperty = z.infer<typeof property>;
