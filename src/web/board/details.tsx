/** What an opened row shows: reasons, both sources' facts, history, properties. Its height is fixed, so nothing jumps. */
import { useQuery } from '@apollo/client/react';
import type { ReactNode } from 'react';
import { listedAroundText } from '../../clients/listed-around.ts';
import { Fact, Part } from './fact.tsx';
import { count, moment } from './format.ts';
import { DetailsDocument, type DetailsQuery, RecordDetailsDocument, type ReportFragment } from './generated/graphql.ts';
import { around, type Item, lineReadFrom, shownValue } from './item.ts';
import { Links } from './links.tsx';
import { sourceNames, statusWords } from './marks.tsx';
import { Reasons } from './reasons.tsx';
import type { BoardRow } from './triage.ts';

/** The two properties that Argus's documentation names; a caller may be allowed to read either, both or none. */
const propertyNames = ['comment', 'role'];

export function Details({ item }: { readonly item: Item }) {
  const { entry, row } = item;
  return (
    <section className="details" aria-label={`Details of ${shownValue(item)}`}>
      {row ? (
        <>
          <Reasons row={row} readFrom={lineReadFrom(item)} otherSpellings={entry.otherSpellings} />
          <SourceFacts row={row} />
        </>
      ) : (
        <p>{entry.problem ?? 'No answer yet.'}</p>
      )}
    </section>
  );
}

/** Why there is nothing to show, as the source's report says. */
const noDataReason = ({ source, status, detail }: ReportFragment) =>
  detail ?? `${sourceNames[source]}: ${statusWords[status]}.`;

function SourceFacts({ row }: { readonly row: BoardRow }) {
  const variables = { values: [row.value] };
  const { data, loading, error } = useQuery(DetailsDocument, { variables, errorPolicy: 'all' });
  const more = data?.lookup[0]?.indicator;
  if (!more)
    return <p className="part muted">{loading ? 'Reading …' : `No more is known: ${error?.message ?? 'no answer'}`}</p>;
  return (
    <>
      <Threat threat={more.datadog.threat} row={row} links={<Links links={more.links} />} />
      <History events={more.datadog.triageHistory} row={row} />
      <Records row={row} records={more.argus.memberships} />
    </>
  );
}

type IndicatorDetails = NonNullable<DetailsQuery['lookup'][number]['indicator']>;

interface ThreatProps {
  readonly threat: IndicatorDetails['datadog']['threat'];
  readonly row: BoardRow;
  readonly links: ReactNode;
}

function Threat({ threat, row, links }: ThreatProps) {
  if (!threat) {
    return (
      <Part title="Datadog">
        <p className="muted">{noDataReason(row.datadog.report)}</p>
        {links}
      </Part>
    );
  }
  const { autonomousSystem: as, geo } = threat;
  return (
    <Part title="Datadog">
      <dl>
        <Fact name="Malicious to" values={threat.maliciousSources} />
        <Fact name="Suspicious to" values={threat.suspiciousSources} />
        <Fact name="Benign to" values={threat.benignSources} />
        <Fact name="Categories" values={threat.categories} />
        <Fact name="Tags" values={threat.tags} />
        <Fact
          name="Network"
          values={[as?.number && `AS${as.number.replace(/^AS/i, '')}`, as?.organization, as?.cidrBlock]}
        />
        <Fact name="Place" values={[geo?.city, geo?.countryName]} />
        <Fact name="First seen" values={[threat.firstSeen && moment(threat.firstSeen)]} />
        <Fact name="Last seen" values={[row.datadog.threat?.lastSeen && moment(row.datadog.threat.lastSeen)]} />
        <Fact name="Signals" values={[threat.signalMatches != null && count(threat.signalMatches)]} />
        <Fact name="Log sources" values={threat.logSources} />
        <Fact name="Services" values={threat.services} />
        <Fact name="Hosts" values={threat.hosts} />
        <Fact name="Assets" values={threat.criticalAssets} />
        <Fact name="Users" values={threat.users.flatMap(({ users }) => users)} />
      </dl>
      {links}
    </Part>
  );
}

function History({
  events,
  row,
}: {
  readonly events: IndicatorDetails['datadog']['triageHistory'];
  readonly row: BoardRow;
}) {
  const isHidden = row.datadog.report.limits.includes('PERSONAL_DATA_HIDDEN');
  return (
    <Part title="Triage history">
      {events && events.length > 0 ? (
        <ol className="history">
          {events.map(event => (
            <li key={`${event.at} ${event.state}`}>
              {event.state === 'REVIEWED'
                ? 'Reviewed'
                : event.state === 'NOT_REVIEWED'
                  ? 'Set to be reviewed'
                  : 'Unknown'}
              <span className="muted">{event.at === null ? 'at an unknown time' : moment(event.at)}</span>
              <span className="muted">
                by {event.by ?? (isHidden ? 'a name that is not shown to you' : 'somebody')}
              </span>
            </li>
          ))}
        </ol>
      ) : (
        <p className="muted">{events ? 'Nobody has looked yet.' : noDataReason(row.datadog.report)}</p>
      )}
    </Part>
  );
}

interface RecordsProps {
  readonly row: BoardRow;
  readonly records: IndicatorDetails['argus']['memberships'];
}

function Records({ row, records }: RecordsProps) {
  const more = (row.argus.membershipCount ?? 0) - (records?.length ?? 0);
  return (
    <Part title="Argus">
      {records && records.length > 0 ? (
        <ul className="records">
          {records.map(record => (
            <RecordLine
              key={record.id}
              record={record}
              known={row.argus.memberships?.find(({ id }) => id === record.id)}
            />
          ))}
        </ul>
      ) : (
        <p className="muted">{noDataReason(row.argus.report)}</p>
      )}
      {more > 0 && <p className="muted">and {more} more</p>}
      <Around row={row} />
      {row.argus.report.status !== 'NOT_APPLICABLE' && <RecordDetails value={row.value} />}
    </Part>
  );
}

interface RecordLineProps {
  readonly record: NonNullable<IndicatorDetails['argus']['memberships']>[number];
  readonly known: NonNullable<BoardRow['argus']['memberships']>[number] | undefined;
}

function RecordLine({ record: { reputationType, firstSeen, flags }, known }: RecordLineProps) {
  const facts = [
    reputationType.name,
    known?.list.confidence != null && `confidence of the list ${Math.round(known.list.confidence * 100)} %`,
    firstSeen && `first ${moment(firstSeen)}`,
    known?.lastSeen && `last ${moment(known.lastSeen)}`,
    ...flags,
  ];
  return (
    <li>
      {known?.list.name} <span className="muted">{known?.state.toLowerCase()}</span>
      <span className="muted">{facts.filter(Boolean).join(' · ')}</span>
    </li>
  );
}

/** What covers it without being it: a parent domain, an enclosing block, its host. */
function Around({ row }: { readonly row: BoardRow }) {
  const listed = around({ row });
  return (
    <dl>
      <Fact name="Covered by" values={[listed ? listedAroundText(listed) : 'not known, Argus could not be asked']} />
    </dl>
  );
}

/** Properties of its records. */
function RecordDetails({ value }: { readonly value: string }) {
  const variables = { values: [value], names: propertyNames };
  const { data, loading } = useQuery(RecordDetailsDocument, { variables, errorPolicy: 'all' });
  const found = (data?.lookup[0]?.indicator?.memberships ?? []).flatMap(record =>
    (record.properties ?? []).flatMap(property => (property ? [{ property, record }] : [])),
  );
  if (loading) return <p className="muted">Reading properties …</p>;
  return (
    <dl>
      {found.map(({ property, record }) => (
        <Fact
          key={`${record.id} ${property.descriptorId} ${JSON.stringify(property.value ?? property.values)}`}
          name={`${property.name}, ${record.list.shortName}`}
          values={(property.values.length > 0 ? property.values : [property.value]).map(asText)}
        />
      ))}
    </dl>
  );
}

const asText = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value));
