import { describe, expect, it } from 'vitest';
import { explanationIn } from '../../src/clients/explanation.ts';

describe('a verdict without its opening', () => {
  it.each([
    ['evil[.]example[.]org is malicious: Datadog scores it 92: so it says.', 'Datadog scores it 92: so it says.'],
    ['hxxps://evil[.]example[.]org:8443/x is suspicious: its host is.', 'its host is.'],
    ['2001:db8::bad is only weakly accused: Argus has it.', 'Argus has it.'],
    ['"curl: x is known only as benign: y" is malicious: Datadog scores it 92.', 'Datadog scores it 92.'],
    ['Nothing can be concluded about "a: b": ask again.', 'ask again.'],
    ['A sentence that does not open with a value.', 'A sentence that does not open with a value.'],
  ])('%s', (summary, explanation) => {
    expect(explanationIn(summary)).toBe(explanation);
  });
});
