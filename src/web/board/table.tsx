import { BoardLine, type RowActions } from './row.tsx';
import type { Item } from './use-board.ts';

interface TableProps {
  readonly items: readonly Item[];
  readonly open: ReadonlySet<string>;
  readonly selected: ReadonlySet<string>;
  readonly current: string | undefined;
  readonly onSelectAll: (isAll: boolean) => void;
  readonly actions: RowActions;
}

export const Table = ({ items, open, selected, current, onSelectAll, actions }: TableProps) => (
  <table>
    <caption className="unseen">Indicators, worst first</caption>
    <Columns />
    <Head isAll={items.length > 0 && items.every(({ entry }) => selected.has(entry.key))} onSelectAll={onSelectAll} />
    <tbody>
      {items.map(({ entry, row, standing }) => (
        <BoardLine
          key={entry.key}
          entry={entry}
          row={row}
          standing={standing}
          isOpen={open.has(entry.key)}
          isSelected={selected.has(entry.key)}
          isCurrent={entry.key === current}
          actions={actions}
        />
      ))}
    </tbody>
  </table>
);

const headings = [
  'Verdict',
  'Indicator',
  'First reason',
  'Score',
  'Log hits',
  'Lists',
  'Last seen',
  'Triage',
  'Sources',
];

const Columns = () => (
  <colgroup>
    {['pick', ...headings].map(name => (
      <col key={name} className={`column-${name.toLowerCase().replace(' ', '-')}`} />
    ))}
  </colgroup>
);

const Head = ({ isAll, onSelectAll }: { readonly isAll: boolean; readonly onSelectAll: (isAll: boolean) => void }) => (
  <thead>
    <tr>
      <td className="pick">
        <input
          type="checkbox"
          aria-label="Select all shown rows"
          checked={isAll}
          onChange={event => onSelectAll(event.target.checked)}
        />
      </td>
      {headings.map(heading => (
        <th key={heading} scope="col">
          {heading}
        </th>
      ))}
    </tr>
  </thead>
);
