/** What callers may send. Playbooks send numbers as text, and one value where a list is wanted: both are understood. */
import { z } from 'zod';
import { readTlp, tlpExpected } from '../../domain/egress/tlp.ts';
import { cut } from '../../graphql/echo.ts';

export const values = z
  .union([z.array(z.string()), z.string().transform(value => [value])], {
    error: 'values: send the indicators as a list of texts, or one as a text.',
  })
  .describe('The indicators to look up, each in any spelling and of any type: a list, or one text.');

export const text = z
  .string({ error: 'text: send the text in which indicators are to be found.' })
  .describe('The text, as pasted: a report, a mail, a ticket. At most 256 KiB.');

/** Also as text, of which an empty one counts as nothing. */
function wholeNumber(name: string, from: number, to: number, description: string) {
  const error = `${name}: send a whole number from ${from} to ${to}.`;
  const number = z.int({ error }).min(from, { error }).max(to, { error });
  const written = z
    .string()
    .regex(/^ *\d* *$/, { error })
    .transform(text => (text.trim() === '' ? undefined : Number(text)))
    .pipe(number.optional());
  return z.union([number, written, z.null()], { error }).optional().describe(description);
}

export const maxAgeSeconds = wholeNumber(
  'maxAgeSeconds',
  0,
  2_147_483_647,
  'The oldest fact that will do, in seconds. 0 asks live. Left out: as long as the gateway holds facts for fresh.',
);

/** Where a page begins, and how long it is. */
export const page = (most: number) => ({
  first: wholeNumber('first', 1, most, `Rows of the page, 1 to ${most}; 25 where it is left out.`),
  after: z
    .string({ error: 'after: send endCursor of the page before, as it came.' })
    .nullish()
    .transform(cursor => cursor || undefined)
    .describe('endCursor of the page before, as it came, with the same other arguments.'),
});

/** An empty one is refused: it is the marking that a playbook has failed to fill in. */
export const tlp = z
  .string({ error: `tlp: send ${tlpExpected}.` })
  .transform((marking, issues) => {
    const read = readTlp(marking);
    if (read === undefined) issues.addIssue({ code: 'custom', message: `tlp: send ${tlpExpected}.` });
    return read ?? z.NEVER;
  })
  .nullish()
  .transform(marking => marking ?? undefined)
  .describe(`How what is sent is marked, by the Traffic Light Protocol 2.0: ${tlpExpected}.`);

/** These arguments and no others. */
export function argumentsOf<Shape extends z.ZodRawShape>(shape: Shape) {
  const names = Object.keys(shape).join(', ');
  return z.strictObject(shape, {
    error: issue =>
      issue.code === 'unrecognized_keys'
        ? `Unknown: ${cut(issue.keys.slice(0, 3).join(', '))}. What is taken here: ${names}.`
        : `Send a JSON object with ${names}.`,
  });
}
