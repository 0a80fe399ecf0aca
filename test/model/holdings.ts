/** What each gateway and Redis may hold, as far as it is certain: what nobody needs to be asked for again. */
import { type Asked, isAbout } from './asked.ts';
import { ageAt, type Moment } from './history.ts';
import type { ArgusNeed, DatadogNeed } from './operations.ts';
import { type Caller, knownTo, recordsAround, recordsOf } from './world.ts';

export type Need = ({ readonly source: 'DATADOG' } & DatadogNeed) | ({ readonly source: 'ARGUS' } & ArgusNeed);

interface Held {
  readonly moment: Moment;
  readonly isAbsent: boolean;
  readonly covers: (need: Need) => boolean;
}

/** Seconds. A match of Datadog may expire a tenth earlier, so that not all are asked for at once. */
const windows = { DATADOG: 270, ARGUS: 300, absence: 60, kept: 86_400 };

export interface Holdings {
  /** Certainly nobody needs to be asked. */
  isHeld(gateway: 0 | 1, caller: Caller, need: Need, now: Moment): boolean;
  /** It lies in Redis, but this gateway has a copy of its own that will not do, and does not look there. */
  isShadowed(gateway: 0 | 1, caller: Caller, need: Need, now: Moment): boolean;
  /** `gateways`: which of them may have asked. `isCertain`: the answers were whole. */
  note(gateways: readonly (0 | 1)[], caller: Caller, need: Need, now: Moment, isCertain: boolean): void;
  forget(source: Need['source'], now: Moment): void;
}

const keyOf = (caller: Caller, { source, subject, ...need }: Need): string =>
  [source, caller, subject.type, subject.value, 'variant' in need ? need.variant : ''].join(' ');

export function createHoldings(): Holdings {
  const memories = [new Map<string, Held>(), new Map<string, Held>()] as const;
  const redis = new Map<string, Held>();

  function inRedis(key: string, now: Moment): Held | undefined {
    const held = redis.get(key);
    return held?.isAbsent && ageAt(now, held.moment).most >= windows.absence * 1000 ? undefined : held;
  }

  function find(gateway: 0 | 1, key: string, now: Moment): Held | undefined {
    const own = memories[gateway].get(key);
    const isGone = own?.isAbsent === true && ageAt(now, own.moment).least >= windows.absence * 1000;
    if (own !== undefined && !isGone) return own;
    const shared = inRedis(key, now);
    if (shared !== undefined) memories[gateway].set(key, shared);
    return shared;
  }

  return {
    isHeld: (gateway, caller, need, now) => answers(find(gateway, keyOf(caller, need), now), caller, need, now),
    isShadowed: (_, caller, need, now) => answers(inRedis(keyOf(caller, need), now), caller, need, now),
    note(gateways, caller, need, now, isCertain) {
      const key = keyOf(caller, need);
      const held = isCertain && gateways.length === 1 ? heldBy(caller, need, now) : undefined;
      for (const gateway of gateways) memories[gateway].set(key, held ?? unknown(now));
      redis.set(key, held ?? unknown(now));
    },
    forget(source, now) {
      for (const all of [...memories, redis])
        for (const key of all.keys()) if (key.startsWith(`${source} `)) all.set(key, unknown(now));
    },
  };
}

/** Something, perhaps, that may or may not answer. */
const unknown = (moment: Moment): Held => ({ moment, isAbsent: false, covers: () => false });

function answers(held: Held | undefined, caller: Caller, need: Need, now: Moment): boolean {
  if (held === undefined || need.age === 0 || !held.covers(need)) return false;
  const age = ageAt(now, held.moment).most / 1000;
  const isFiltered = leavesNothing(caller, need, held);
  const isFresh = age < (held.isAbsent || isFiltered ? windows.absence : windows[need.source]);
  if (need.age === null) return isFresh;
  return age < need.age && (isFresh || (!held.isAbsent && !isFiltered && age < windows.kept));
}

/** A field that sees only some of the records sees none. */
function leavesNothing(caller: Caller, need: Need, { moment }: Held): boolean {
  if (need.source === 'DATADOG') return false;
  const records = recordsOf(moment.world, caller, need.subject).filter(({ isDeleted }) => !isDeleted);
  return need.filters.some(filter => !records.some(({ state }) => filter === 'old' || state === 'latest'));
}

/** What came of the one time that it was asked for; undefined: it was not, or more than once. */
function heldBy(caller: Caller, need: Need, moment: Moment): Held | undefined {
  return need.source === 'DATADOG' ? heldOfDatadog(caller, need, moment) : heldOfArgus(caller, need, moment);
}

function heldOfDatadog(caller: Caller, { subject, variant }: DatadogNeed, moment: Moment): Held | undefined {
  const asked = lookupsOf(moment.asked, caller, subject.value, variant);
  const [only] = asked;
  if (only === undefined || asked.length > 1) return undefined;
  const known = knownTo(moment.world, caller, subject.value);
  const isAbsent = known === undefined || (variant === 'ocsf' && !known.inOcsf);
  return {
    moment,
    isAbsent,
    covers: need => need.source === 'DATADOG' && (isAbsent || only.history || !need.history),
  };
}

function heldOfArgus(caller: Caller, { subject }: ArgusNeed, moment: Moment): Held | undefined {
  const asked = moment.asked.searches.filter(one => one.caller === caller && isAbout(one, subject));
  const around = asked.some(({ criterion }) => criterion !== 'value');
  const most = subject.type === 'CIDR' && around ? 2 : 1;
  const [first] = asked;
  if (first === undefined || asked.length > most) return undefined;
  // Which of its records counted depends on who else was asked about.
  if (recordsOf(moment.world, caller, subject).length < recordsOf(moment.world, caller, subject, true).length)
    return undefined;
  const rows = recordsOf(moment.world, caller, subject).filter(({ isDeleted }) => !isDeleted);
  const isAbsent = rows.every(({ state }) => state === 'old');
  const isEmpty =
    isAbsent && !(first.old && rows.length > 0) && !(around && recordsAround(moment.world, caller, subject).length > 0);
  return {
    moment,
    isAbsent,
    covers: need =>
      need.source === 'ARGUS' &&
      (first.old || !need.old) &&
      (around || !need.around) &&
      (first.comments || isEmpty || !need.comments),
  };
}

export const lookupsOf = ({ lookups }: Asked, caller: Caller, value: string, variant: string) =>
  lookups.filter(one => one.caller === caller && one.value === value && one.variant === variant);
