import type { Later } from '../../slices.ts';

/** V8 joins texts only when they are read: a long one that is made of many pieces would be joined in one go. */
export const flat = (text: string): string => Buffer.from(text).toString();

/** What was begun, the part that was waited for, and as many further parts as there are. */
export async function joinRest(
  begun: string,
  awaited: Promise<string>,
  parts: number,
  part: (index: number) => Later<string>,
): Promise<string> {
  let whole = flat(begun) + (await awaited);
  let text = '';
  for (let index = 0; index < parts; index++) {
    const next = part(index);
    if (typeof next === 'string') {
      text += next;
      continue;
    }
    whole += flat(text);
    text = '';
    whole += await next;
  }
  return whole + flat(text);
}
