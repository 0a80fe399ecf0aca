/**
 * A replica that will ask a source for a fact claims its key, so that the others wait for its row. The claim is taken in the
 * round trip in which the row is read, and ends when the row is there, when the source has failed, or by itself.
 */
import { codeOf } from './client.ts';
import { keyPrefix } from './topology.ts';

/** A row that is read, and whether its key is to be claimed. */
export interface WantedKey {
  readonly key: string;
  /** Milliseconds: a row that is older, by Redis's clock, has to be asked for. */
  readonly maxAgeMs: number;
  /** Milliseconds that the claim lives; 0: none is taken. */
  readonly claimMs: number;
  /** What is wanted of the fact: who wants the same waits for the one who asks. */
  readonly claim: string;
}

/** `ours`: nobody else asks. `theirs`: another replica does. `none`: the row is fresh, or no claim was wanted or possible. */
type Claim = 'ours' | 'theirs' | 'none';
const claims = ['none', 'ours', 'theirs'] as const;

/** Rows, then claims. A row's time stands near its end (`row.ts`). */
const readAndClaim = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local count = #KEYS / 2
local rows = {}
for from = 1, count, 1000 do
  local part = redis.call('MGET', unpack(KEYS, from, math.min(from + 999, count)))
  for i = 1, math.min(1000, count - from + 1) do rows[from + i - 1] = part[i] end
end
local claims = {}
for i = 1, count do
  claims[i] = 0
  local life = tonumber(ARGV[2 * i + 1])
  if life > 0 then
    local fetched = rows[i] and tonumber(string.match(string.sub(rows[i], -200), '.*"fetchedAt":(%d+)}'))
    if not fetched or fetched <= now - tonumber(ARGV[2 * i]) then
      local claim = KEYS[count + i]
      local set = redis.pcall('SET', claim, ARGV[1], 'NX', 'PX', life)
      if type(set) == 'table' and set.err then
        claims[i] = 0
      elseif set or redis.call('GET', claim) == ARGV[1] then
        claims[i] = 1
      else
        claims[i] = 2
      end
    end
  end
end
return { rows, claims }`;

const releaseOwn = `
for i = 1, #KEYS do
  if redis.call('GET', KEYS[i]) == ARGV[1] then redis.call('UNLINK', KEYS[i]) end
end`;

const rowKey = (key: string): string => keyPrefix + key;
/** The key of a claim in Redis. */
export const claimKey = ({ key, claim }: Pick<WantedKey, 'key' | 'claim'>): string =>
  `${keyPrefix}${key}:claim ${claim}`;

/** Redis lets us run no scripts, or not what is in them. */
export const isScriptRefusal = (refusal: unknown): boolean =>
  ['NOPERM', 'UNKNOWN_COMMAND'].includes(codeOf(refusal)) ||
  (refusal instanceof Error && /ACL failure in script|can't run this command/.test(refusal.message));

interface ScriptClient {
  eval(script: string, options: { readonly keys: string[]; readonly arguments: string[] }): Promise<unknown>;
}

export interface FoundRow {
  readonly text: string | undefined;
  readonly claim: Claim;
}

/** `holder`: by which a replica knows its own claims. The keys must be in one slot. Undefined: what came is no reply to this. */
export async function readAndClaimRows(
  client: ScriptClient,
  holder: string,
  wanted: readonly WantedKey[],
): Promise<readonly FoundRow[] | undefined> {
  const keys = [...wanted.map(({ key }) => rowKey(key)), ...wanted.map(claimKey)];
  const whole = (milliseconds: number) => String(Math.ceil(Math.min(milliseconds, Number.MAX_SAFE_INTEGER)));
  const ages = wanted.flatMap(({ maxAgeMs, claimMs }) => [whole(maxAgeMs), whole(claimMs)]);
  const reply = await client.eval(readAndClaim, { keys, arguments: [holder, ...ages] });
  const [rows, taken] = Array.isArray(reply) ? reply : [];
  if (!Array.isArray(rows) || !Array.isArray(taken) || rows.length !== wanted.length) return undefined;
  return wanted.map((_, index) => ({
    text: rows[index] ?? undefined,
    claim: claims[Number(taken[index])] ?? 'none',
  }));
}

/** `claims`: their keys. */
export async function releaseClaims(client: ScriptClient, holder: string, claims: readonly string[]): Promise<void> {
  await client.eval(releaseOwn, { keys: [...claims], arguments: [holder] });
}
