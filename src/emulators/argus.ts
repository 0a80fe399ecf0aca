import { badId, failure, invalid, notFound, ok, plainFailure, quotaBody } from './argus-answers.ts';
import type { ArgusBehaviours } from './argus-behaviours.ts';
import { readQuery, readSearch, type SearchTerms } from './argus-criteria.ts';
import type { ArgusData } from './argus-data.ts';
import { type FieldProblem, listBody, singleBody, statusBody } from './argus-envelope.ts';
import { listAnswer } from './argus-list-answer.ts';
import { type KeyPermissions, maySee, viewIndicators, viewTypes } from './argus-permissions.ts';
import type { Descriptor, EmulatedRecord } from './argus-records.ts';
import { refusalOf } from './argus-refusals.ts';
import { argusValues, type Route, routeOf } from './argus-routes.ts';
import { type ArgusSearch, createSearch } from './argus-search.ts';
import { namedTypes } from './argus-type-names.ts';
import { wireRecord, withRows } from './argus-wire.ts';
import { isObject } from './json.ts';
import type { EmulatedAnswer, Protocol } from './protocol.ts';
import type { RecordedRequest } from './recorded-request.ts';

const listParameters = ['offset', 'limit', 'sortBy', 'indicatorList', 'includeProperties', 'state'];

/** mnemonic Argus, "Reputation v2 Indicators". */
export function createArgus(dataSet: ArgusData, behaviours: ArgusBehaviours, now: () => number): Protocol {
  const context: ArgusContext = { dataSet, behaviours, now, search: createSearch(dataSet, behaviours, now) };
  return {
    name: 'argus',
    contentType: 'application/json;charset=utf-8',
    keyHeaders: ['argus-api-key'],
    answer: request => {
      const permissions = dataSet.keys.get(String(request.headers['argus-api-key']));
      if (!permissions || permissions.isExpired) return failure(context, 401);
      return answerRoute(routeOf(request, behaviours), request, permissions, context);
    },
    values: argusValues,
    errorBody: status => statusBody(status, now()),
    quotaBody: (millis, place) => quotaBody(millis, place, now()),
    rows: body => {
      if (!isObject(body)) return [];
      return (Array.isArray(body.data) ? body.data : [body.data]).filter(isObject);
    },
    withRows,
    wrongTypes: {
      indicatorList: 'phishing',
      type: 7,
      value: 192,
      state: { name: 'active' },
      lastUpdatedTimestamp: 'yesterday',
    },
    hugeNumbers: {
      lastUpdatedTimestamp: '9223372036854775807',
      firstSeenTimestamp: '9007199254740993',
      deletedTimestamp: '1e400',
    },
    aboutAnother: value => ({ value }),
  };
}

interface ArgusContext {
  readonly dataSet: ArgusData;
  readonly behaviours: ArgusBehaviours;
  readonly now: () => number;
  readonly search: ArgusSearch;
}

function answerRoute(
  route: Route,
  request: RecordedRequest,
  permissions: KeyPermissions,
  context: ArgusContext,
): EmulatedAnswer {
  const needed = route.name === 'types' ? viewTypes : viewIndicators;
  if (route.name === 'badId') return invalid(context, [badId(route.id)]);
  if (route.name === 'failure') return route.plain ? plainFailure(route.status) : failure(context, route.status);
  if (!permissions.functions.includes(needed)) return failure(context, 403);
  switch (route.name) {
    case 'types':
      return types(context);
    case 'record':
      return single(route.id, request.query, permissions, context);
    case 'list':
      return list(readQuery(request.query, [...listParameters, 'value', 'type']), permissions, context);
    case 'value':
      return list(withValue(readQuery(request.query, listParameters), route.type, route.value), permissions, context);
    case 'search':
      if (!isObject(request.body)) return failure(context, 400);
      return list(readSearch(request.body), permissions, context);
  }
}

function types(context: ArgusContext): EmulatedAnswer {
  if (context.behaviours.typeList === '403') return failure(context, 403);
  const data = namedTypes(context.dataSet.types.values(), context.behaviours);
  return ok(listBody({ limit: 0, offset: 0, count: data.length, data }));
}

function withValue(read: ReturnType<typeof readSearch>, type: string, value: string): ReturnType<typeof readSearch> {
  return 'terms' in read ? { terms: { ...read.terms, type: [type], value: [value] } } : read;
}

type ReadCriteria = { readonly terms: SearchTerms } | { readonly problems: readonly FieldProblem[] };

function list(read: ReadCriteria, permissions: KeyPermissions, context: ArgusContext): EmulatedAnswer {
  if ('problems' in read) return invalid(context, read.problems);
  const descriptors = readDescriptors(read.terms.includeProperties, permissions, context);
  if ('answer' in descriptors) return descriptors.answer;
  const refused = refusalOf(read.terms, context.behaviours);
  if (refused) return 'status' in refused ? failure(context, refused.status) : invalid(context, refused.problems);
  const found = context.search(read.terms, permissions);
  if ('denied' in found) return failure(context, 403);
  if ('problems' in found) return invalid(context, found.problems);
  const isHidden = ({ list }: EmulatedRecord) => !maySee(permissions, 'lists', list.shortName);
  const data = found.records.map(record => wireRecord(record, descriptors.all, context.behaviours, isHidden(record)));
  return listAnswer({ ...found, data }, context);
}

function single(
  id: string,
  query: URLSearchParams,
  permissions: KeyPermissions,
  context: ArgusContext,
): EmulatedAnswer {
  const { dataSet, behaviours } = context;
  const requested = query.getAll('includeProperties').map(descriptor => ({ descriptor }));
  const descriptors = readDescriptors(requested, permissions, context);
  if ('answer' in descriptors) return descriptors.answer;
  const record = dataSet.byId(id.toLowerCase());
  if (!record) return behaviours.unknownId === '404' ? notFound(context, id) : ok(singleBody(null));
  if (!maySee(permissions, 'lists', record.list.shortName)) {
    return behaviours.hiddenRecordById === '403' ? failure(context, 403) : notFound(context, id);
  }
  if (record.deletedTimestamp > 0 && behaviours.deletedById === '404') return notFound(context, id);
  return ok(singleBody(wireRecord(record, descriptors.all, behaviours)));
}

/** The requested descriptors, or the error answer. A 403 does not say which descriptor it is about. */
function readDescriptors(
  requested: SearchTerms['includeProperties'],
  permissions: KeyPermissions,
  context: ArgusContext,
): { readonly all: readonly Descriptor[] } | { readonly answer: EmulatedAnswer } {
  const { dataSet, behaviours } = context;
  const known = [...dataSet.descriptors.values()];
  const all: Descriptor[] = [];
  const problems: FieldProblem[] = [];
  let isDenied = false;
  requested.forEach(({ descriptor: name }, index) => {
    const found = known.find(({ shortName, id }) => shortName === name || id === name.toLowerCase());
    const field = `includeProperties[${index}]`;
    const message = `Object not found: ${name}`;
    if (!found) problems.push({ field, message, messageTemplate: 'object.not.found', parameter: name });
    else if (maySee(permissions, 'descriptors', found.shortName)) all.push(found);
    else isDenied = true;
  });
  if (problems.length > 0 && behaviours.unknownProperty === '412') return { answer: invalid(context, problems) };
  if (isDenied && behaviours.hiddenProperty === '403') return { answer: failure(context, 403) };
  return { all };
}
