/** What happens in the night, one after the other. Times are minutes of the night. */
import { argus, datadog } from '../outages/outage.ts';
import type { World } from './world.ts';

type Source = 'DATADOG' | 'ARGUS';

export interface Happening {
  readonly what: string;
  /** How long it lasts, at least, and how long all is well after it. */
  readonly minutes: number;
  readonly quiet: number;
  readonly begin?: (world: World) => unknown;
  /** What ends it, besides that the emulators' faults are taken away. */
  readonly end?: (world: World) => unknown;
  /** Who answers nothing at all meanwhile. */
  readonly unheard?: readonly Source[];
  /** Those that must fire, each with the source that it is about, where it is about one. */
  readonly alerts?: readonly string[];
  /** May fire as well, as a consequence. */
  readonly perhaps?: readonly string[];
}

const partial = (source: Source) => `${source} AnswersPartial`;
const down = (...sources: readonly Source[]) => sources.flatMap(source => [partial(source), `${source} SourceDown`]);
const crowded = (source: Source) => ['Slow', `${source} Overloaded`, `${source} QueueLong`];

/** An alert of one happening is over before it is wanted again. */
export const timeline: readonly Happening[] = [
  { what: 'all is well', minutes: 8, quiet: 2 },
  {
    ...{ what: 'Datadog answers 503', minutes: 17, quiet: 14, begin: datadog({ kind: 'status', status: 503 }) },
    ...{ unheard: ['DATADOG'], alerts: down('DATADOG') },
  },
  {
    ...{ what: 'Redis is killed', minutes: 8, quiet: 14 },
    begin: ({ redis }) => redis.kill(),
    end: ({ redis }) => redis.start(),
    ...{ alerts: ['RedisDown'], perhaps: ['CacheReadsFailing', 'CacheWritesFailing'] },
  },
  {
    ...{ what: 'Argus answers 503', minutes: 17, quiet: 14, begin: argus({ kind: 'status', status: 503 }) },
    ...{ unheard: ['ARGUS'], alerts: down('ARGUS') },
  },
  {
    what: 'Datadog answers one call of three with 503',
    ...{ minutes: 15, quiet: 14, begin: datadog({ kind: 'status', status: 503, probability: 1 / 3 }) },
    perhaps: [partial('DATADOG')],
  },
  { what: 'a rolling restart', minutes: 3, quiet: 3, begin: world => world.roll() },
  {
    ...{ what: 'Datadog refuses: 401', minutes: 17, quiet: 14, begin: datadog({ kind: 'status', status: 401 }) },
    ...{ unheard: ['DATADOG'], alerts: ['DATADOG SourceDenied', partial('DATADOG')] },
  },
  {
    ...{ what: 'Redis hangs', minutes: 30, quiet: 14 },
    begin: ({ redis }) => redis.pause(),
    end: ({ redis }) => redis.resume(),
    ...{ alerts: ['RedisDown', 'CacheReadsFailing'], perhaps: ['CacheWritesFailing'] },
  },
  {
    ...{ what: 'Argus refuses: 403', minutes: 17, quiet: 14, begin: argus({ kind: 'status', status: 403 }) },
    ...{ unheard: ['ARGUS'], alerts: ['ARGUS SourceDenied', partial('ARGUS')] },
  },
  {
    ...{ what: 'the limit of Datadog is spent: 429', minutes: 18, quiet: 14 },
    begin: datadog({ kind: 'tooManyRequests', reset: 1 }),
    ...{ unheard: ['DATADOG'], alerts: ['DATADOG SourceRateLimited', partial('DATADOG')] },
    // Calls wait until the limit is said to be there again.
    perhaps: ['DATADOG BudgetLow', 'Slow'],
  },
  {
    ...{ what: 'Argus takes 4.5 s', minutes: 18, quiet: 14, begin: argus({ kind: 'latency', ms: 4_500 }) },
    ...{ alerts: ['Slow'], perhaps: [...down('ARGUS'), ...crowded('ARGUS')] },
  },
  {
    ...{ what: 'Datadog hangs', minutes: 18, quiet: 14, begin: datadog({ kind: 'hang' }) },
    ...{ unheard: ['DATADOG'], alerts: down('DATADOG'), perhaps: crowded('DATADOG') },
  },
  { what: 'a rolling restart', minutes: 3, quiet: 3, begin: world => world.roll() },
  {
    ...{ what: 'connections of both sources are cut', minutes: 17, quiet: 16 },
    begin: ({ emulators }) => {
      for (const { faults } of [emulators.datadog, emulators.argus]) faults.add({ kind: 'cut' });
    },
    ...{ unheard: ['DATADOG', 'ARGUS'], alerts: down('DATADOG', 'ARGUS') },
  },
  {
    ...{ what: "a proxy's page in place of Datadog", minutes: 20, quiet: 16, begin: datadog({ kind: 'html' }) },
    ...{ unheard: ['DATADOG'], alerts: ['DATADOG SourceMalformed', partial('DATADOG')] },
    perhaps: ['DATADOG SourceDown'],
  },
];

export const nightMinutes = timeline.reduce((sum, { minutes, quiet }) => sum + minutes + quiet, 0);
