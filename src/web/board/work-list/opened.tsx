/** What an opened row of the work list shows: the same as on the other tab, or what Datadog's row alone says. */
import { Details } from '../details.tsx';
import { Fact, Part } from '../fact.tsx';
import { moment } from '../format.ts';
import { shownName, type WorkItem } from './work-item.ts';

export function Opened({ item }: { readonly item: WorkItem }) {
  const { listed, row, standing } = item;
  if (row) {
    const entry = { key: listed.value ?? row.value, phase: 'ANSWERED', attempts: 0, otherSpellings: [] } as const;
    return <Details item={{ entry, row, standing }} />;
  }
  return (
    <section className="details" aria-label={`Details of ${shownName(item)}`}>
      <Part title="Datadog">
        <p>{listed.problem ?? 'This is no indicator that the gateway knows, so it was joined with nothing.'}</p>
        <dl>
          <Fact name="Type" values={[listed.indicatorType]} />
          <Fact name="Malicious to" values={listed.maliciousSources} />
          <Fact name="Suspicious to" values={listed.suspiciousSources} />
          <Fact name="Benign to" values={listed.benignSources} />
          <Fact name="Categories" values={listed.categories} />
          <Fact name="First seen" values={[listed.firstSeen && moment(listed.firstSeen)]} />
          <Fact name="Last seen" values={[listed.lastSeen && moment(listed.lastSeen)]} />
        </dl>
      </Part>
    </section>
  );
}
