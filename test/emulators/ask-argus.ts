import { z } from 'zod';
import type { Emulators } from '../../src/emulators/emulators.ts';

const row = z.looseObject({
  id: z.string(),
  value: z.string(),
  state: z.string(),
  indicatorList: z.looseObject({ shortName: z.string() }),
});
const message = z.looseObject({
  message: z.string().nullable(),
  messageTemplate: z.string().nullable(),
  field: z.string().nullable(),
});
const body = z.looseObject({
  responseCode: z.number(),
  limit: z.number(),
  offset: z.number(),
  count: z.number(),
  size: z.number(),
  messages: z.array(message).nullable(),
  data: z.unknown(),
});

type Row = z.infer<typeof row>;

export interface ArgusReply {
  readonly status: number;
  readonly text: string;
  readonly body: z.infer<typeof body>;
  /** `data` as records. */
  readonly rows: readonly Row[];
  readonly values: readonly string[];
  /** Fields that the messages name. */
  readonly fields: readonly (string | null)[];
}

async function read(answer: Response): Promise<ArgusReply> {
  const text = await answer.text();
  const parsed = body.parse(JSON.parse(text));
  const rows = z.array(row).catch([]).parse(parsed.data);
  const fields = (parsed.messages ?? []).map(({ field }) => field);
  return { status: answer.status, text, body: parsed, rows, values: rows.map(({ value }) => value), fields };
}

/** Asks the emulated Argus over HTTP as one API key. */
export function argusAs(emulators: () => Emulators, key: string) {
  const headers = { 'Argus-API-Key': key, Accept: 'application/json' };
  const url = (path: string): string => `${emulators().argus.url}/reputation/v2/${path}`;
  return {
    get: async (path: string) => read(await fetch(url(path), { headers })),
    search: async (terms: unknown) =>
      read(
        await fetch(url('indicator/search'), {
          method: 'POST',
          headers: { ...headers, 'Content-Type': 'application/json' },
          body: typeof terms === 'string' ? terms : JSON.stringify(terms),
        }),
      ),
  };
}
