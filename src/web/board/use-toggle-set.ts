import { useCallback, useState } from 'react';

export type ToggleSet<Member> = ReturnType<typeof useToggleSet<Member>>;

/** A set whose members are added and removed by `toggle`. `toggle` and `replace` stay the same functions. */
export function useToggleSet<Member>() {
  const [members, setMembers] = useState<ReadonlySet<Member>>(new Set());
  const toggle = useCallback((member: Member) => setMembers(set => toggled(set, member)), []);
  const replace = useCallback((next: readonly Member[]) => setMembers(new Set(next)), []);
  return { members, toggle, replace };
}

function toggled<Member>(set: ReadonlySet<Member>, member: Member): ReadonlySet<Member> {
  const next = new Set(set);
  if (!next.delete(member)) next.add(member);
  return next;
}
