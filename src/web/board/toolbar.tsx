import type { Ref } from 'react';
import { toCsv, toJson } from './export.ts';
import type { Item } from './item.ts';
import type { Filter } from './use-filter.ts';

interface ToolbarProps {
  readonly filter: Filter;
  readonly filterField: Ref<HTMLInputElement>;
  /** The selected rows, or else the rows shown. */
  readonly exported: readonly Item[];
  readonly isEmpty: boolean;
  readonly onAdd: () => void;
  readonly onClear: () => void;
  readonly onHelp: () => void;
}

export function Toolbar({ filter, filterField, exported, isEmpty, onAdd, onClear, onHelp }: ToolbarProps) {
  return (
    <div className="tools">
      <FilterField ref={filterField} text={filter.text} onText={filter.setText} />
      <div className="actions">
        <button type="button" onClick={onAdd}>
          Add
        </button>
        <button
          type="button"
          disabled={isEmpty}
          onClick={() => save('board.json', 'application/json', toJson(exported))}
        >
          JSON
        </button>
        <button type="button" disabled={isEmpty} onClick={() => save('board.csv', 'text/csv', toCsv(exported))}>
          CSV
        </button>
        <button type="button" disabled={isEmpty} onClick={onClear}>
          Clear
        </button>
        <button type="button" aria-label="Help and keys" onClick={onHelp}>
          ?
        </button>
      </div>
    </div>
  );
}

interface FilterFieldProps {
  readonly ref: Ref<HTMLInputElement>;
  readonly text: string;
  readonly onText: (text: string) => void;
}

const FilterField = ({ ref, text, onText }: FilterFieldProps) => (
  <input
    ref={ref}
    type="search"
    className="filter"
    placeholder="Filter  /"
    aria-label="Filter rows by value or reason"
    autoComplete="off"
    spellCheck={false}
    value={text}
    onChange={event => onText(event.target.value)}
    onKeyDown={event => {
      if (event.key !== 'Escape') return;
      onText('');
      event.currentTarget.blur();
    }}
  />
);

function save(name: string, type: string, text: string) {
  const url = URL.createObjectURL(new Blob([text], { type: `${type};charset=utf-8` }));
  const link = Object.assign(document.createElement('a'), { href: url, download: name });
  link.click();
  URL.revokeObjectURL(url);
}
