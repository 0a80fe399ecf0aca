/** A gateway that has just started, alone on the second core, and its upstreams, of which nobody has asked anything yet. */
import { type FastUpstream, type Server, startGateway, startUpstream, type UpstreamChange } from '../processes.ts';

/** Which gateway is measured, and how long. */
export interface Place {
  /** The folder of another checkout; none: this one. */
  readonly checkout: string | undefined;
  /** Multiplies each row's times: 1 unless it is to be short. */
  readonly scale: number;
}

export interface Bed {
  readonly gateway: Server;
  readonly upstream: FastUpstream;
  /** From its first moment until it listened. */
  readonly startedInMs: number;
}

interface BedOptions {
  readonly upstream?: UpstreamChange;
  readonly environment?: Readonly<Record<string, string>>;
  readonly nodeOptions?: readonly string[];
  readonly program?: string;
}

/** As the image starts it. */
const flags = ['--max-semi-space-size=16'];

/** What V8 itself takes in a container of 512 MiB: half of it for old objects. */
export const in512Mb: BedOptions = { nodeOptions: ['--max-old-space-size=256'] };

/** Stops both when the work is done, or has failed. */
export async function withBed<Result>(
  { checkout }: Place,
  { upstream: change = {}, environment = {}, nodeOptions = [], program = 'src/main.ts' }: BedOptions,
  work: (bed: Bed) => Promise<Result>,
): Promise<Result> {
  const upstream = await startUpstream();
  try {
    await upstream.behave(change);
    const began = performance.now();
    const gateway = await startGateway(
      upstream,
      { RATE_LIMIT_INDICATORS_PER_MINUTE: '0', ...environment },
      { nodeOptions: [...flags, ...nodeOptions], program, ...(checkout !== undefined && { checkout }) },
    );
    const startedInMs = performance.now() - began;
    gateway.takeSecondCore();
    try {
      return await work({ gateway, upstream, startedInMs });
    } finally {
      await gateway.stop();
    }
  } finally {
    await upstream.stop();
  }
}

export const bothAt = (latencyMs: number): UpstreamChange => ({ datadog: { latencyMs }, argus: { latencyMs } });
