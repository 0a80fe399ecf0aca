/** What is listed around an indicator: a parent domain, an enclosing block, the host of a URL or e-mail address. Pure. */
import { defangText } from './safe-text.ts';

interface OnList {
  readonly list: { readonly name: string };
}

interface Covered {
  readonly type: string;
  /** null: nothing can cover it, or Argus could not be asked. */
  readonly covering: readonly (OnList & { readonly value: string })[] | null;
}

interface Host extends Covered {
  readonly defanged: string;
  readonly argus: { readonly memberships: readonly OnList[] | null };
}

export interface Surrounded extends Covered {
  readonly host: Host | null;
}

export interface ListedAround {
  /** How the indicator stands to it, such as "below" or "on a host inside". */
  readonly relation: string;
  /** Defanged. */
  readonly value: string;
  /** Names of the lists that it is on, each once, defanged. */
  readonly lists: readonly string[];
}

/** What has one can be covered. */
const relations: Readonly<Record<string, string>> = { DOMAIN: 'below', IPV4: 'inside', IPV6: 'inside', CIDR: 'inside' };

/** null: there may be something, but Argus could not be asked. */
export function listedAround({ host, ...indicator }: Surrounded): readonly ListedAround[] | null {
  if (host === null) return relations[indicator.type] === undefined ? [] : covers(indicator, '');
  const around = covers(host, 'on a host ');
  const { memberships } = host.argus;
  if (around === null && memberships === null) return null;
  const lists = namesOf(memberships ?? []);
  const itself = lists.length > 0 ? [{ relation: 'on host', value: host.defanged, lists }] : [];
  return [...itself, ...(around ?? [])];
}

function covers({ type, covering }: Covered, before: string): readonly ListedAround[] | null {
  if (covering === null) return null;
  return [...Map.groupBy(covering, ({ value }) => value)].map(([value, records]) => ({
    relation: `${before}${relations[type] ?? 'around'}`,
    value: defangText(value),
    lists: namesOf(records),
  }));
}

const namesOf = (records: readonly OnList[]) => [...new Set(records.map(({ list }) => defangText(list.name)))];

/** How many lists have something around the indicator. */
export const countLists = (around: readonly ListedAround[]): number =>
  new Set(around.flatMap(({ lists }) => lists)).size;

/** For a cell of a spreadsheet: "below evil[.]example[.]org (Phishing, Spam)", "unknown", or nothing. */
export const listedAroundText = (around: readonly ListedAround[] | null): string =>
  around === null
    ? 'unknown'
    : around.map(({ relation, value, lists }) => `${relation} ${value} (${lists.join(', ')})`).join('; ');
