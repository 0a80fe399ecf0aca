import { readFileSync } from 'node:fs';
import { SourceMap, type SourceMapping } from 'node:module';

/** The folder of the built program (`npm run build:server`); in a checkout it holds no JavaScript. */
const folder = new URL('.', import.meta.url).href;
const maps = new Map<string, SourceMap | undefined>();

/**
 * A stack frame of the built program with its place in `src`. Node could do so itself, but would read all maps at the start,
 * which doubles its time.
 */
export function toSource(frame: string): string {
  return frame.replace(/(file:\/\/[^\s()]+\.js):(\d+):(\d+)/, (place, file: string, line: string, column: string) =>
    file.startsWith(folder) ? (sourceOf(file, Number(line) - 1, Number(column) - 1) ?? place) : place,
  );
}

/** The map knows our own code alone, and names for a line of a package what comes before it: hence the comparison. */
function sourceOf(file: string, line: number, column: number): string | undefined {
  const entry: Partial<SourceMapping> = mapOf(file)?.findEntry(line, column) ?? {};
  const { generatedLine, originalSource = '', originalLine = 0, originalColumn = 0 } = entry;
  if (generatedLine !== line) return undefined;
  return `${originalSource}:${originalLine + 1}:${originalColumn + 1}`;
}

function mapOf(file: string): SourceMap | undefined {
  if (!maps.has(file)) maps.set(file, readMap(new URL(`${file}.map`)));
  return maps.get(file);
}

function readMap(file: URL): SourceMap | undefined {
  try {
    return new SourceMap(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return undefined;
  }
}
