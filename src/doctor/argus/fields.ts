/** A record and the result set around it, as Argus documents them. */
import { z } from 'zod';

const named = { id: z.guid(), shortName: z.string(), name: z.string() };
const time = z.int().nonnegative();

export const recordShape = z.object({
  id: z.guid(),
  indicatorList: z.object({ ...named, confidence: z.number().min(0).max(1) }),
  type: z.object({ shortName: z.string(), name: z.string() }),
  value: z.string().min(1),
  firstSeenTimestamp: time,
  lastSeenTimestamp: time,
  state: z.enum(['active', 'latest', 'old']),
  createdTimestamp: time,
  lastUpdatedTimestamp: time,
  deletedTimestamp: time,
  flags: z.array(z.string()),
  properties: z.array(z.unknown()),
  /** In Argus's SDK, not on its page: a check of its own speaks of it. */
  confidence: z.number().min(0).max(1).optional(),
});

export const resultSetShape = z.object({
  responseCode: z.literal(200),
  limit: z.int(),
  offset: z.int(),
  count: z.int(),
  size: z.int(),
  metaData: z.record(z.string(), z.unknown()),
  messages: z.array(z.unknown()).nullable(),
  data: z.array(z.unknown()),
});
