/** A tool: a door, and its answer in few words for a model's window. */
import type { ToolAnnotations } from '@modelcontextprotocol/sdk/types.js';
import { z } from 'zod';
import type { Door } from '../doors/door.ts';
import { isRefusal, type RefusedRequest } from '../refuse.ts';

interface ToolParts<Answer extends object> {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly door: Door<Answer>;
  readonly annotations: Required<Omit<ToolAnnotations, 'title'>>;
  toText(answer: Answer): string;
}

type AskTool = <Answer extends object>(door: Door<Answer>) => Promise<Answer | RefusedRequest>;

export interface Tool {
  /** Only for callers who may change something. */
  readonly isWrite: boolean;
  /** As `tools/list` shows it. */
  readonly listed: ReturnType<typeof listed>;
  call(ask: AskTool): Promise<RefusedRequest | { readonly text: string; readonly structured: object }>;
}

export const createTool = <Answer extends object>(parts: ToolParts<Answer>): Tool => ({
  isWrite: !parts.annotations.readOnlyHint,
  listed: listed(parts),
  async call(ask) {
    const answer = await ask(parts.door);
    return isRefusal(answer) ? answer : { text: parts.toText(answer), structured: answer };
  },
});

function listed<Answer extends object>({ name, title, description, door, annotations }: ToolParts<Answer>) {
  const inputSchema = { ...z.toJSONSchema(door.given, { io: 'input' }), type: 'object' as const };
  const outputSchema = { ...z.toJSONSchema(door.answer), type: 'object' as const };
  return { name, title, description, inputSchema, outputSchema, annotations: { title, ...annotations } };
}
