/** What Argus has about an opened row: its records with their properties, strongest first, and what is listed around it. */
import { CombinedGraphQLErrors } from '@apollo/client';
import { useQuery } from '@apollo/client/react';
import { listedAroundText } from '../../clients/listed-around.ts';
import { Fact, Part } from './fact.tsx';
import { moment, plural } from './format.ts';
import { type DetailsQuery, RecordDetailsDocument, type RecordDetailsQuery } from './generated/graphql.ts';
import { around } from './item.ts';
import { noDataReason } from './marks.tsx';
import type { BoardRow } from './triage.ts';
import { useAskedAgain } from './use-asked-again.ts';

/** The two properties that Argus's documentation names; a caller may be allowed to read either, both or none. */
const propertyNames = ['comment', 'role'];

/** More are shown on request. */
const shownAtOnce = 10;

export type IndicatorDetails = NonNullable<DetailsQuery['lookup'][number]['indicator']>;
type ListRecord = NonNullable<IndicatorDetails['argus']['records']>[number];
type RecordWithProperties = NonNullable<
  NonNullable<RecordDetailsQuery['lookup'][number]['indicator']>['memberships']
>[number];

interface RecordsProps {
  readonly row: BoardRow;
  readonly records: readonly ListRecord[] | null;
}

export function Records({ row, records }: RecordsProps) {
  const isApplicable = row.argus.report.status !== 'NOT_APPLICABLE';
  const { properties, problem } = useProperties(row.value, isApplicable);
  const strongestFirst = (records ?? []).toSorted(byStrength);
  const further = strongestFirst.slice(shownAtOnce);
  const lines = (some: readonly ListRecord[]) => (
    <ul className="records">
      {some.map(record => (
        <RecordLine key={record.id} record={record} properties={properties.get(record.id) ?? []} />
      ))}
    </ul>
  );
  return (
    <Part title="Argus">
      {strongestFirst.length > 0 ? (
        lines(strongestFirst.slice(0, shownAtOnce))
      ) : (
        <p className="muted">{noDataReason(row.argus.report)}</p>
      )}
      {further.length > 0 && (
        <details>
          <summary>{plural(further.length, 'more record')}, not stronger</summary>
          {lines(further)}
        </details>
      )}
      {problem !== undefined && <p className="muted">Not all comments and roles are known: {problem}</p>}
      <Around row={row} />
    </Part>
  );
}

/** As the verdict weighs them: by the confidence of their list, then by how current they are. */
const byStrength = (a: ListRecord, b: ListRecord): number =>
  (b.list.confidence ?? -1) - (a.list.confidence ?? -1) || Number(b.state === 'ACTIVE') - Number(a.state === 'ACTIVE');

type Properties = NonNullable<RecordWithProperties['properties']>;

interface ReadProperties {
  /** By the id of their record. */
  readonly properties: ReadonlyMap<string, Properties>;
  /** Why some or all could not be read. */
  readonly problem: string | undefined;
}

function useProperties(value: string, isApplicable: boolean): ReadProperties {
  const { data, error, refetch } = useQuery(RecordDetailsDocument, {
    variables: { values: [value], names: propertyNames },
    errorPolicy: 'all',
    skip: !isApplicable,
  });
  useAskedAgain(error, refetch);
  const records = data?.lookup[0]?.indicator?.memberships ?? [];
  return {
    properties: new Map(records.map(({ id, properties }) => [id, properties ?? []])),
    problem: error && messagesOf(error),
  };
}

const messagesOf = (error: Error): string =>
  CombinedGraphQLErrors.is(error) ? [...new Set(error.errors.map(({ message }) => message))].join(' ') : error.message;

interface RecordLineProps {
  readonly record: ListRecord;
  readonly properties: Properties;
}

function RecordLine({ record, properties }: RecordLineProps) {
  const { list, state, reputationType, firstSeen, lastSeen, flags } = record;
  const facts = [
    reputationType.name,
    list.confidence !== null && `confidence of the list ${Math.round(list.confidence * 100)} %`,
    firstSeen && `first ${moment(firstSeen)}`,
    lastSeen && `last ${moment(lastSeen)}`,
    ...flags,
  ];
  return (
    <li>
      {list.name} <span className="muted">{state.toLowerCase()}</span>
      <span className="muted facts">{facts.filter(Boolean).join(' · ')}</span>
      <dl>
        {properties.map(
          property =>
            property && (
              <Fact
                key={`${property.descriptorId} ${JSON.stringify(property.value ?? property.values)}`}
                name={property.name}
                values={(property.values.length > 0 ? property.values : [property.value]).map(asText)}
              />
            ),
        )}
      </dl>
    </li>
  );
}

const asText = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value));

/** What covers it without being it: a parent domain, an enclosing block, its host. */
function Around({ row }: { readonly row: BoardRow }) {
  const listed = around({ row });
  return (
    <dl>
      <Fact name="Covered by" values={[listed ? listedAroundText(listed) : 'not known, Argus could not be asked']} />
    </dl>
  );
}
