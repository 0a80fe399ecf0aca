import type { Caller } from '../auth/callers.ts';
import { permissionsAt } from '../auth/scopes.ts';
import type { SourceName } from '../domain/source-report.ts';
import { once } from '../sources/once.ts';
import type { Operation, Source, SourcePart } from '../sources/source.ts';
import type { Gateway } from './context.ts';

/** Each source's part, opened when something is needed of a source: an operation of earlier fragments needs none. */
export function createSourceParts(
  { sources, permissionsOf }: Pick<Gateway, 'sources' | 'permissionsOf'>,
  operation: Operation,
  scopes: Caller['scopes'],
  /** Throws where there is no room to ask for so many facts. */
  takeRoom: (facts: number) => void,
) {
  const permissions = permissionsOf(scopes);
  let isOpen = false;
  const parts = once(() => {
    const opened: Record<SourceName, SourcePart> = {};
    isOpen = true;
    for (const name in sources)
      opened[name] = (sources[name] as Source).open(operation, permissionsAt(permissions, name));
    return opened;
  });
  const all = once(() => Object.values(parts()));
  function fetchMissing(): Promise<unknown> | undefined {
    takeRoom(all().reduce((facts, part) => facts + part.missing(), 0));
    const pending = all()
      .map(part => part.gather())
      .filter(gathering => gathering !== undefined);
    return pending.length === 0 ? undefined : Promise.all(pending);
  }
  return {
    parts,
    all,
    /** Takes from memory what it has, and asks for the rest. Undefined: there was nothing to wait for. */
    gather(): Promise<unknown> | undefined {
      if (!isOpen) return undefined;
      const recalling = all()
        .map(part => part.recall())
        .filter(recall => recall !== undefined);
      return recalling.length === 0 ? fetchMissing() : Promise.all(recalling).then(fetchMissing);
    },
  };
}
