/** What an assistant may ask. */
import type { GraphQLSchema } from 'graphql';
import { extractDoor, lookupDoor } from '../doors/lookup.ts';
import { recordsDoor, recordsText } from './records.ts';
import { resultsText } from './results-text.ts';
import { createTool, type Tool } from './tool.ts';
import { triageDoor, triagedText, unreviewedDoor, unreviewedText } from './work-list.ts';

/** So many verdicts fit a model's window. */
const mostValues = 100;

export function createTools(schema: GraphQLSchema, maxValues: number): readonly Tool[] {
  const most = Math.min(mostValues, maxValues);
  return [...readingTools(schema, most), triageTool(schema, most)];
}

const readingTools = (schema: GraphQLSchema, most: number): readonly Tool[] => [
  createTool({
    name: 'lookup_indicators',
    title: 'Look up indicators of compromise',
    description: `What all sources together say about addresses, domains, URLs, e-mail addresses and hashes: one verdict each, with reasons, and who was not heard. At most ${most} at once, in any spelling (evil[.]example[.]org).`,
    door: lookupDoor(schema, most),
    annotations: readsOutside,
    toText: resultsText,
  }),
  createTool({
    name: 'extract_indicators',
    title: 'Find the indicators in a text and look them up',
    description:
      'The same for every indicator in a report, a mail or a ticket, defanged ones too. Send the text as it is.',
    door: extractDoor(schema),
    annotations: readsOutside,
    toText: resultsText,
  }),
  createTool({
    name: 'search_reputation_records',
    title: 'Search the records of reputation lists',
    description: 'Which lists hold which values: by list, type, domain, block of addresses or time, page by page.',
    door: recordsDoor(schema),
    annotations: readsOutside,
    toText: recordsText,
  }),
  createTool({
    name: 'list_unreviewed_indicators',
    title: 'List what nobody has reviewed',
    description:
      'Indicators that matched your own logs within 30 days and that nobody has reviewed, worst first, page by page.',
    door: unreviewedDoor(schema),
    annotations: readsOutside,
    toText: unreviewedText,
  }),
];

/** Asks services outside, and changes nothing there. */
const readsOutside = {
  readOnlyHint: true,
  destructiveHint: false,
  idempotentHint: true,
  openWorldHint: true,
} as const;

/** It replaces the state that was there, and a second call adds a second event. */
const triageTool = (schema: GraphQLSchema, most: number): Tool =>
  createTool({
    name: 'set_triage_state',
    title: 'Record that indicators have been reviewed',
    description: `Records for everybody that indicators have been reviewed, or have not: they leave the list of the unreviewed, or come back. Each call adds an event that cannot be taken away. Only when a person has asked for it. At most ${most} at once.`,
    door: triageDoor(schema, most),
    annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: false, openWorldHint: true },
    toText: triagedText,
  });
