// `helm test`: asks the gateway one question that both sources answer, as a caller would. Ends 0 when it was answered.
import { readFileSync } from 'node:fs';

const { GATEWAY, INDICATOR, OPEN, CALLER_KEY_FILE } = process.env;
const query = `query JoinedQuery($value: String!) {
  indicator(value: $value) {
    value
    verdict { level summary }
    sources { source status }
  }
}`;
/** What a source says when it was asked, or is not meant to be asked. Anything else is a broken installation. */
const FINE = ['MATCHED', 'NO_MATCH', 'NOT_APPLICABLE', 'UNCONFIGURED'];

function end(message, code) {
  process.stdout.write(`${message}\n`);
  process.exit(code);
}

const authorization = CALLER_KEY_FILE
  ? { authorization: `Bearer ${readFileSync(CALLER_KEY_FILE, 'utf8').trim()}` }
  : {};
const answer = await fetch(`${GATEWAY}/graphql`, {
  method: 'POST',
  headers: { 'content-type': 'application/json', ...authorization },
  body: JSON.stringify({ query, variables: { value: INDICATOR } }),
  signal: AbortSignal.timeout(20_000),
});
const text = await answer.text();

if (!CALLER_KEY_FILE && !OPEN) {
  if (answer.status !== 401) end(`Expected 401 without a key, got ${answer.status}: ${text}`, 1);
  end('The gateway runs and refuses strangers. For the joined query itself set test.existingSecret.', 0);
}
if (!answer.ok) end(`HTTP ${answer.status}: ${text}`, 1);
const { data, errors = [] } = JSON.parse(text);
const sources = data?.indicator?.sources ?? [];
const heard = sources.filter(({ status }) => status === 'MATCHED' || status === 'NO_MATCH');
const broken = sources.filter(({ status }) => !FINE.includes(status));
process.stdout.write(`${JSON.stringify(data, null, 2)}\n`);
if (errors.length > 0 || broken.length > 0 || heard.length === 0) end(`Not answered: ${JSON.stringify(errors)}`, 1);
end('Answered.', 0);
