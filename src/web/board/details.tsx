/** What an opened row shows: reasons, both sources' facts, history, records with their properties. */
import { useQuery } from '@apollo/client/react';
import type { ReactNode } from 'react';
import { Fact, Part } from './fact.tsx';
import { count, moment } from './format.ts';
import { DetailsDocument } from './generated/graphql.ts';
import { type Item, lineReadFrom, shownValue } from './item.ts';
import { Links } from './links.tsx';
import { noDataReason } from './marks.tsx';
import { Reasons } from './reasons.tsx';
import { type IndicatorDetails, Records } from './records.tsx';
import type { BoardRow } from './triage.ts';
import { useAskedAgain } from './use-asked-again.ts';

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

function SourceFacts({ row }: { readonly row: BoardRow }) {
  const variables = { values: [row.value] };
  const { data, loading, error, refetch } = useQuery(DetailsDocument, { variables, errorPolicy: 'all' });
  const more = data?.lookup[0]?.indicator;
  // A failed source is in the row's reports, by which the row is asked again.
  useAskedAgain(more ? undefined : error, refetch);
  if (!more)
    return <p className="part muted">{loading ? 'Reading …' : `No more is known: ${error?.message ?? 'no answer'}`}</p>;
  return (
    <>
      <Threat threat={more.datadog.threat} row={row} links={<Links links={more.links} />} />
      <History events={more.datadog.triageHistory} row={row} />
      <Records row={row} records={more.argus.records} />
    </>
  );
}

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
