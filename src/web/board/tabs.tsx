/** Tabs as ARIA describes them: one is in the order of Tab, the arrow keys, Home and End show the others. */
import { type KeyboardEvent, type ReactNode, useRef, useState, useSyncExternalStore } from 'react';

const titles = { 'work-list': 'Work list', values: 'Pasted values' } as const;
export type TabName = keyof typeof titles;
const names = Object.keys(titles) as readonly TabName[];

/** The address says which tab is shown (`#values`), so that a reload or a bookmark shows it again; it says nothing else. */
export function useTab() {
  const hash = useSyncExternalStore(onHashChange, () => location.hash.slice(1));
  const tab = names.find(name => name === hash) ?? 'work-list';
  const show = (name: TabName) => {
    if (name !== tab) location.replace(`#${name}`);
  };
  return { tab, show };
}

function onHashChange(listener: () => void): () => void {
  addEventListener('hashchange', listener);
  return () => removeEventListener('hashchange', listener);
}

const tabId = (name: TabName) => `tab-of-${name}`;
const panelId = (name: TabName) => `panel-of-${name}`;

export function TabList({ tab, onShow }: { readonly tab: TabName; readonly onShow: (name: TabName) => void }) {
  const list = useRef<HTMLDivElement>(null);
  function onKeyDown(event: KeyboardEvent) {
    const at = names.indexOf(tab);
    const next = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: -1 }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    const name = names.at(next % names.length) ?? tab;
    onShow(name);
    list.current?.querySelector<HTMLElement>(`#${tabId(name)}`)?.focus();
  }
  return (
    <div className="tabs" role="tablist" aria-label="Views" ref={list}>
      {names.map(name => (
        <button
          key={name}
          type="button"
          role="tab"
          id={tabId(name)}
          aria-controls={panelId(name)}
          aria-selected={name === tab}
          tabIndex={name === tab ? 0 : -1}
          onClick={() => onShow(name)}
          onKeyDown={onKeyDown}
        >
          {titles[name]}
        </button>
      ))}
    </div>
  );
}

interface TabPanelProps {
  readonly tab: TabName;
  readonly shown: TabName;
  /** Its content is there from the beginning; else from when it is first shown. */
  readonly isKept?: boolean;
  readonly children: ReactNode;
}

export function TabPanel({ tab, shown, isKept = false, children }: TabPanelProps) {
  const isShown = tab === shown;
  const [wasShown, setWasShown] = useState(isKept || isShown);
  if (isShown && !wasShown) setWasShown(true);
  return (
    <div className="panel" role="tabpanel" id={panelId(tab)} aria-labelledby={tabId(tab)} hidden={!isShown}>
      {wasShown && children}
    </div>
  );
}
