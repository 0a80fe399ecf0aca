/** Remembers the last values: between `size` and twice as many. */
export function createRecent(size: number) {
  let [newer, older] = [new Set<string>(), new Set<string>()];
  return {
    /** Whether it was not met lately. */
    isNew(value: string): boolean {
      if (newer.has(value) || older.has(value)) return false;
      newer.add(value);
      if (newer.size >= size) [newer, older] = [new Set(), newer];
      return true;
    },
  };
}
