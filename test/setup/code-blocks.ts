/** The fenced blocks of a Markdown page, each with the one that follows it directly. */
export interface CodeBlock {
  readonly language: string;
  /** Words after the language. */
  readonly info: string;
  readonly code: string;
  readonly line: number;
  /** Nothing but blank lines stands between the two. */
  readonly next: CodeBlock | undefined;
}

export function codeBlocks(page: string): readonly CodeBlock[] {
  const found = [...page.matchAll(/^```(\w+)([^\n]*)\n(.*?)^```$/gms)];
  const blocks: CodeBlock[] = [];
  for (const [index, match] of [...found.entries()].reverse()) {
    const end = match.index + match[0].length;
    const following = found[index + 1];
    const isDirect = following !== undefined && page.slice(end, following.index).trim() === '';
    const [, language = '', info = '', code = ''] = match;
    const line = page.slice(0, match.index).split('\n').length;
    blocks.unshift({ language, info: info.trim(), code, line, next: isDirect ? blocks[0] : undefined });
  }
  return blocks;
}
