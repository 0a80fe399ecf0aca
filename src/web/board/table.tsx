import { plural } from './format.ts';
import { BoardLine, type RowActions } from './row.tsx';
import type { Cursor } from './use-cursor.ts';
import type { Filter } from './use-filter.ts';
import type { ToggleSet } from './use-toggle-set.ts';

interface TableProps {
  readonly filter: Filter;
  readonly open: ToggleSet<string>;
  readonly selected: ToggleSet<string>;
  readonly cursor: Cursor;
  readonly actions: RowActions;
  /** Rows, those that the filter hides included. */
  readonly total: number;
}

export function Table({ filter: { shown }, open, selected, cursor, actions, total }: TableProps) {
  const isAll = shown.length > 0 && shown.every(({ entry }) => selected.members.has(entry.key));
  const selectAll = (isOn: boolean) => selected.replace(isOn ? shown.map(({ entry }) => entry.key) : []);
  return (
    <>
      <table>
        <caption className="unseen">Indicators, worst first</caption>
        <Columns />
        <Head isAll={isAll} onSelectAll={selectAll} />
        <tbody>
          {shown.map(item => (
            <BoardLine
              key={item.entry.key}
              {...item}
              isOpen={open.members.has(item.entry.key)}
              isSelected={selected.members.has(item.entry.key)}
              isCurrent={item === cursor.current}
              actions={actions}
            />
          ))}
        </tbody>
      </table>
      {shown.length === 0 && <p className="nothing">No row fits this filter; {plural(total, 'row')} hidden.</p>}
    </>
  );
}

const headings = ['Verdict', 'Indicator', 'Why', 'Score', 'Log hits', 'Lists', 'Last seen', 'Triage', 'Sources'];

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
