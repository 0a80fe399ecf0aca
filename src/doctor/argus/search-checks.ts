/** What Argus's answers say about what a search finds. Pure. */
import { at, isSuccess, kindOf, outcomeOf } from '../answer.ts';
import type { Answer } from '../ask.ts';
import { type Checks, differs, type Judgement, notAsked, ok } from '../check.ts';
import type { ArgusAnswers, Searched } from './questions.ts';
import { brings, isCut, isSame, rowsOf, textOf } from './rows.ts';

interface Words {
  /** There was nothing to ask about. */
  readonly none: string;
  /** Unless given: one value was asked for. */
  readonly refused?: string;
  readonly found: string;
  readonly missed: string;
}

/** Whether a search brings the records of one value. */
function judgeFound(searched: Searched | undefined, value: string | undefined, words: Words): Judgement {
  if (searched === undefined || value === undefined) return notAsked(words.none);
  const { answer } = searched;
  if (!isSuccess(answer))
    return differs(
      `the search ${outcomeOf(answer)}: ${words.refused ?? 'fewer are asked, and what is refused by itself stays unheard'}`,
    );
  if (brings(answer, value)) return ok(words.found);
  return isCut(answer) ? notAsked('not all of the rows came') : differs(words.missed);
}

const nothingListed = 'no record was seen: name a listed value with --value';

/** Where nobody else is found, and as many are counted as came. */
function judgeValues({ values, samples: { known } }: ArgusAnswers): Judgement {
  const found = judgeFound(values, known, {
    none: nothingListed,
    refused: 'such searches are halved',
    found: 'a search for exact values brings what is listed and nothing else',
    missed: 'a listed value is not found by its exact text: NO_MATCH may be wrong',
  });
  if (values === undefined || !isSuccess(values.answer)) return found;
  const { asked, answer } = values;
  const alone = 'unmatched values are asked again alone';
  const foreign = rowsOf(answer).filter(row => !asked.some(value => isSame(textOf(row), value))).length;
  if (foreign > 0) return differs(`a search for exact values brought ${foreign} row(s) about others: ${alone}`);
  const [count, sent] = [at(answer.body, 'count'), rowsOf(answer).length];
  const isCounted = typeof count === 'number' && count > 0;
  return isCounted && count > sent ? differs(`${count} records counted and ${sent} sent: ${alone}`) : found;
}

/** The operator's own value, by its text and by the search that a verdict makes. */
function judgeGiven({ values, domains, addresses, samples: { given } }: ArgusAnswers): Judgement {
  if (given === undefined) return notAsked('name a listed value with --value');
  if (values === undefined) return notAsked(nothingListed);
  const around = [domains, addresses].find(searched => searched?.asked.includes(given));
  const [isExact, isAround] = [brings(values.answer, given), around !== undefined && brings(around.answer, given)];
  if (!isExact && !isAround) return notAsked('the value given is not found: it may be listed elsewhere');
  if (around === undefined || (isExact && isAround)) return ok('the value given is found by each search');
  return isExact
    ? differs('the value given is found by its text, and not by the search that a verdict makes: a wrong NO_MATCH')
    : differs('the value given is not found by its text');
}

const judgeDomains = (answers: ArgusAnswers): Judgement =>
  judgeFound(answers.domains, answers.samples.domain, {
    none: 'no listed domain was seen',
    found: "domainSearch brings a domain's own records",
    missed: "domainSearch does not bring a domain's own records: NO_MATCH may be wrong",
  });

const judgeParents = (answers: ArgusAnswers): Judgement =>
  judgeFound(answers.domains, answers.samples.otherDomain, {
    none: 'no two listed domains were seen',
    found: "domainSearch brings the records of a domain's parents",
    missed: 'domainSearch does not bring the records of a parent: covering misses them',
  });

const judgeAddresses = (answers: ArgusAnswers): Judgement =>
  judgeFound(answers.addresses, answers.samples.address, {
    none: 'no listed address was seen',
    found: "ipSearch brings an address's own records",
    missed: "ipSearch does not bring an address's own records: NO_MATCH may be wrong",
  });

const judgeOutward = (answers: ArgusAnswers): Judgement =>
  judgeFound(answers.addresses, answers.samples.block, {
    none: 'no listed block was seen',
    found: 'ipSearch brings the block around an address',
    missed: 'ipSearch looks only inside: no covering blocks, and EXACT_VALUE_ONLY stays',
  });

const judgeOtherTypes = (answers: ArgusAnswers): Judgement =>
  judgeFound(answers.addresses, answers.samples.misfiled, {
    none: 'no address under another type was seen',
    found: 'ipSearch brings an address that is filed under another type',
    missed: 'ipSearch misses an address that is filed under another type: a wrong NO_MATCH',
  });

/** Only what is known to exist may be accepted. */
const judgeName = (answer: Answer, what: string, accepted: string): Judgement =>
  answer.status >= 400 && answer.status < 500
    ? ok(`a ${what} that nobody knows is refused (${answer.status})`)
    : differs(`a search with a ${what} that nobody knows ${outcomeOf(answer)}: ${accepted}`);

function judgeNothing({ nothing }: ArgusAnswers): Judgement {
  const data = at(nothing.body, 'data');
  if (!isSuccess(nothing)) return differs(`a search that finds nothing ${outcomeOf(nothing)}: nothing is NO_MATCH`);
  if (rowsOf(nothing).length > 0) return differs('a search for a value that nobody lists brought rows');
  return Array.isArray(data)
    ? ok('a search that finds nothing is an empty list')
    : differs(`where nothing is found, data is ${kindOf(data)}: an absence all the same`);
}

export const searchChecks: Checks<ArgusAnswers> = {
  values: judgeValues,
  batch: ({ batch, samples: { known } }) =>
    judgeFound(batch, known, {
      none: nothingListed,
      refused: 'such searches are halved, and the size is remembered',
      found: `a search may ask for ${batch?.asked.length} values`,
      missed: `among ${batch?.asked.length} values a listed one is not found: NO_MATCH may be wrong`,
    }),
  nothing: judgeNothing,
  given: judgeGiven,
  domains: judgeDomains,
  parents: judgeParents,
  addresses: judgeAddresses,
  outward: judgeOutward,
  otherTypes: judgeOtherTypes,
  properties: ({ noProperty }) =>
    judgeName(noProperty, 'property', 'a misspelt name looks like a property that no record has'),
  lists: ({ noList }) => judgeName(noList, 'list', 'no list is believed to exist before an answer has named it'),
};
