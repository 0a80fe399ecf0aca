/** The servers that hold the keys. Looks again where they are while one of them does not answer, or says that a key has moved. */
import type { Clock } from '../../clock.ts';
import type { RedisAddress, RedisConfig } from '../../config/redis.ts';
import { redisTimes } from './client.ts';
import { openNode, type RedisNode } from './node.ts';
import { discover, isSameAddress, keyPrefix, type Topology } from './topology.ts';

export interface RedisNodes {
  /** Undefined: it is not known where the key is. */
  nodeOf(key: string): RedisNode | undefined;
  /** Keys with the same text may be in one command. */
  slotOf(key: string): string;
  /** The places of the keys that may be in one command. */
  group(keys: readonly string[]): readonly (readonly number[])[];
  /** A key is elsewhere by now. Resolves when it has been looked where. */
  look(): Promise<void>;
  isUp(): boolean;
  close(): void;
}

export interface RedisNodesOptions {
  readonly config: RedisConfig;
  readonly clock: Clock;
  /** Called when `isUp` may have changed; `error`: why it is not. */
  onChange(error?: unknown): void;
  /** Called with each answer to a ping. */
  onAnswer(): void;
}

interface OpenTopology extends Topology {
  readonly open: readonly RedisNode[];
}

export function openNodes({ config, clock, onChange, onAnswer }: RedisNodesOptions): RedisNodes {
  let topology: OpenTopology | undefined;
  let looking: Promise<void> | undefined;
  let isClosed = false;
  /** By address; they change when slots move. */
  const probeKeys = new Map<string, string>();
  const nameOf = ({ host, port }: RedisAddress): string => `${host} ${port}`;
  const isUp = () => topology?.open.every(node => node.isUp()) === true;

  const slotOf = (key: string): string => topology?.slotOf(key) ?? '';

  async function lookOnce(): Promise<void> {
    try {
      const found = await discover(config, topology?.nodes ?? []);
      if (!isClosed) use(found);
    } catch (error) {
      if (!isClosed && !isUp()) onChange(error);
    }
  }

  /** Nodes that stay keep their connections. */
  function use(found: Topology): void {
    const before = topology?.open ?? [];
    probeKeys.clear();
    for (const [index, address] of found.nodes.entries())
      probeKeys.set(nameOf(address), found.probeKeys[index] ?? `${keyPrefix}probe`);
    const open = found.nodes.map(
      address =>
        before.find(node => isSameAddress(node.address, address)) ??
        openNode({
          ...{ address, config, clock, onChange, onAnswer },
          probeKey: () => probeKeys.get(nameOf(address)) ?? `${keyPrefix}probe`,
          onMoved: () => void look(),
        }),
    );
    topology = { ...found, open };
    for (const node of before) if (!open.includes(node)) node.close();
  }

  function look(): Promise<void> {
    looking ??= lookOnce().finally(() => {
      looking = undefined;
    });
    return looking;
  }

  void look();
  const timer = setInterval(() => {
    if (!isUp()) void look();
  }, redisTimes.pingMs);
  timer.unref();

  return {
    nodeOf(key) {
      const owner = topology?.ownerOf(key);
      return owner === undefined ? undefined : topology?.open[owner];
    },
    slotOf,
    group(keys) {
      const groups = new Map<string, number[]>();
      keys.forEach((key, index) => {
        const slot = slotOf(key);
        const others = groups.get(slot);
        if (others === undefined) groups.set(slot, [index]);
        else others.push(index);
      });
      return [...groups.values()];
    },
    look,
    isUp,
    close() {
      isClosed = true;
      clearInterval(timer);
      for (const node of topology?.open ?? []) node.close();
    },
  };
}
