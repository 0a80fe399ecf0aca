/** What was asked upstream, read from the requests that the emulators received. */
import type { Emulators } from '../../src/emulators/emulators.ts';
import type { RecordedRequest } from '../../src/emulators/recorded-request.ts';
import { keysOf } from './operations.ts';
import { type Caller, callers, type Subject } from './world.ts';

interface Lookup {
  readonly caller: Caller;
  readonly value: string;
  readonly variant: 'plain' | 'ocsf' | 'other';
  readonly history: boolean;
}

export interface Search {
  readonly caller: Caller;
  readonly criterion: 'value' | 'domainSearch' | 'ipSearch';
  readonly values: readonly string[];
  readonly old: boolean;
  readonly comments: boolean;
  /** The first page of it. */
  readonly isFirst: boolean;
}

export interface Asked {
  readonly lookups: readonly Lookup[];
  readonly searches: readonly Search[];
  /** Anything was asked with a key that is nobody's, or was answered by a fault. */
  readonly isStrange: boolean;
}

const callerOf = ({ headers }: RecordedRequest): Caller | undefined =>
  callers.find(caller => {
    const keys = keysOf[caller];
    return headers['dd-api-key'] === keys['dd-api-key'] || headers['argus-api-key'] === keys['argus-api-key'];
  });

function lookupOf(request: RecordedRequest): Lookup[] {
  const { query } = request;
  const caller = callerOf(request);
  const value = query.get('indicator');
  if (caller === undefined || value === null) return [];
  const variant = ({ true: 'ocsf', none: 'plain' } as const)[query.get('ocsf') ?? 'none'] ?? 'other';
  return [{ caller, value, variant, history: query.get('include_triage_history') === 'true' }];
}

interface SearchBody {
  readonly value?: readonly string[];
  readonly domainSearch?: { readonly domain: readonly string[] };
  readonly ipSearch?: { readonly ip: readonly string[] };
  readonly state?: readonly string[];
  readonly offset?: number;
  readonly includeProperties?: readonly unknown[];
}

function searchOf(request: RecordedRequest): Search[] {
  const caller = callerOf(request);
  if (caller === undefined || !request.path.endsWith('/search')) return [];
  const { value, domainSearch, ipSearch, state, includeProperties = [], offset = 0 } = request.body as SearchBody;
  const criterion = domainSearch ? 'domainSearch' : ipSearch ? 'ipSearch' : 'value';
  const values = domainSearch?.domain ?? ipSearch?.ip ?? value ?? [];
  const old = state?.includes('old') === true;
  return [{ caller, criterion, values, old, comments: includeProperties.length > 0, isFirst: offset === 0 }];
}

export function takeAsked({ datadog, argus }: Emulators): Asked {
  const asked = {
    lookups: datadog.requests.flatMap(lookupOf),
    searches: argus.requests.flatMap(searchOf),
    isStrange: [...datadog.requests, ...argus.requests].some(
      request => callerOf(request) === undefined || request.faults.length > 0,
    ),
  };
  datadog.clearRequests();
  argus.clearRequests();
  return asked;
}

/** The text by which a subject stands in a search: of a block its first address, for what lies around it. */
export const searchedText = ({ type, value }: Subject, criterion: Search['criterion']): string =>
  type === 'CIDR' && criterion === 'ipSearch' ? (value.split('/')[0] ?? '') : value;

export const isAbout = ({ criterion, values }: Search, subject: Subject): boolean =>
  values.includes(searchedText(subject, criterion));
