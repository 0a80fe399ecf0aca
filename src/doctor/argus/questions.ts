/** What Argus is asked: eleven calls at most, all of them reading. */
import type { Indicator } from '../../domain/indicator/model.ts';
import { basePath, rowsPerCall, type SearchCriteria } from '../../sources/argus/client.ts';
import { valuesPerSearch } from '../../sources/field-cost.ts';
import { isSuccess, type SentRow } from '../answer.ts';
import type { Answer, Ask } from '../ask.ts';
import { below, insideOf, rowsOf, type Samples, samplesFrom, textOf } from './rows.ts';

export interface ArgusAnswers {
  readonly types: Answer;
  /** 25 rows, in the order of their values. */
  readonly first: Answer;
  /** One row behind the first value of those. */
  readonly after: Answer | undefined;
  readonly many: Answer;
  readonly samples: Samples;
  /** Undefined: there is nothing to ask about. */
  readonly values: Searched | undefined;
  readonly batch: Searched | undefined;
  readonly domains: Searched | undefined;
  readonly addresses: Searched | undefined;
  /** Of a value that nobody lists. */
  readonly nothing: Answer;
  readonly noProperty: Answer;
  readonly noList: Answer;
}

export interface Searched {
  readonly asked: readonly string[];
  readonly answer: Answer;
}

const unknownValue = 'this-indicator-does-not-exist.invalid';
const noSuchName = 'no-such-name-anywhere';

const common = { state: ['active', 'latest'], offset: 0, sortBy: ['value'] };

type Criteria = Partial<SearchCriteria> & Pick<SearchCriteria, 'limit'>;

const searchWith =
  (ask: Ask) =>
  (criteria: Criteria): Promise<Answer> =>
    ask({ method: 'POST', path: `${basePath}/indicator/search`, body: { ...common, ...criteria } });

/** The first question, which also shows whether the API can be asked at all. */
export const askForRows = (ask: Ask): Promise<Answer> => searchWith(ask)({ limit: 25 });

export async function askArgus(ask: Ask, first: Answer, given: Indicator | undefined): Promise<ArgusAnswers> {
  const search = searchWith(ask);
  const types = await ask({ method: 'GET', path: `${basePath}/type` });
  const [firstText] = rowsOf(first).map(textOf);
  const after = firstText === undefined ? undefined : await search({ limit: 1, afterValue: firstText });
  const many = await search({ limit: rowsPerCall });
  const samples = samplesFrom(seenIn({ first, many }), given?.value);
  const limit = isSuccess(many) ? rowsPerCall : 25;
  const searchFor = async (asked: readonly string[], criteria: Omit<Criteria, 'limit'>) =>
    asked.length === 0 ? undefined : { asked, answer: await search({ ...criteria, limit }) };
  const [few, batch] = [aFewOf(samples), aBatchOf(samples)];
  const domain = domainsOf(samples, given);
  const ip = addressesOf(samples, given);
  return {
    ...{ types, first, after, many, samples },
    values: await searchFor(few, { value: few }),
    batch: await searchFor(batch, { value: batch }),
    domains: await searchFor(domain, {
      domainSearch: { domain, includeParentDomains: true, includeSubdomains: false },
    }),
    addresses: await searchFor(ip, { ipSearch: { ip } }),
    nothing: await search({ value: [unknownValue], limit: 1 }),
    noProperty: await search({ value: [unknownValue], includeProperties: [{ descriptor: noSuchName }], limit: 1 }),
    noList: await search({ value: [unknownValue], indicatorList: [noSuchName], limit: 1 }),
  };
}

const isText = (text: string | undefined): text is string => text !== undefined;

export const seenIn = ({ first, many }: Pick<ArgusAnswers, 'first' | 'many'>): readonly SentRow[] => [
  ...rowsOf(first),
  ...rowsOf(many),
];

/** With a name below a listed one, and the end of a listed one: neither is to bring the other. */
function aFewOf({ known, given, otherDomain }: Samples): readonly string[] {
  if (known === undefined) return [];
  const near = otherDomain === undefined ? [unknownValue] : [below(otherDomain), otherDomain.slice(1)];
  return [known, given, ...near].filter(isText);
}

const aBatchOf = ({ known }: Samples): readonly string[] =>
  known === undefined
    ? []
    : [known, ...Array.from({ length: valuesPerSearch - 1 }, (_, index) => `n${index}.${unknownValue}`)];

const domainsOf = ({ domain, otherDomain }: Samples, given: Indicator | undefined): readonly string[] =>
  [domain, otherDomain && below(otherDomain), given?.type === 'DOMAIN' ? given.value : undefined].filter(isText);

const addressesOf = ({ address, block, misfiled }: Samples, given: Indicator | undefined): readonly string[] =>
  [address, block && insideOf(block), misfiled, isAddress(given) ? given.value : undefined].filter(isText);

const isAddress = (given: Indicator | undefined): given is Indicator =>
  given?.type === 'IPV4' || given?.type === 'IPV6';
