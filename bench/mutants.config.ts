import { defineConfig } from 'vitest/config';
import { BaseSequencer } from 'vitest/node';
import base from '../test/vitest.config.ts';

/** The listed files in their order, in one process. */
const listed = (process.env.MUTANT_TESTS ?? '').split(',');

class InListedOrder extends BaseSequencer {
  override async sort(files: Parameters<BaseSequencer['sort']>[0]) {
    const place = ({ moduleId }: (typeof files)[number]) => listed.findIndex(path => moduleId.endsWith(path));
    return files.toSorted((a, b) => place(a) - place(b));
  }
}

const { projects: _projects, ...test } = base.test ?? {};

export default defineConfig({
  ...base,
  test: {
    ...test,
    include: listed,
    isolate: false,
    maxWorkers: 1,
    bail: 1,
    sequence: { sequencer: InListedOrder },
    // What hangs is noticed too.
    testTimeout: 10_000,
    fsModuleCache: true,
  },
});
