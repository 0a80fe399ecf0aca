import { z } from 'zod';
import type { BehaviourControl } from './behaviours.ts';
import { wireFault } from './fault-kinds.ts';
import type { FaultControl } from './faults.ts';
import type { Protocol } from './protocol.ts';
import type { RecordedRequest } from './recorded-request.ts';
import type { RequestRecorder } from './request-recorder.ts';

/** The routes `/_emulator/…`: faults, behaviours and requests, for use with curl and from tests in another process. */
export interface ControlRoutes {
  handles(target: string): boolean;
  answer(method: string, target: string, bodyText: string): { readonly status: number; readonly json: unknown };
}

interface ControlOptions {
  readonly protocol: Protocol;
  readonly faults: FaultControl;
  readonly recorder: RequestRecorder;
  readonly behaviours: BehaviourControl;
}

const prefix = '/_emulator';
const oneOrMore = z.union([wireFault.transform(fault => [fault]), z.array(wireFault)]);

export function createControl({ protocol, faults, recorder, behaviours }: ControlOptions): ControlRoutes {
  const help = {
    emulator: protocol.name,
    routes: {
      'GET /_emulator/faults': 'every fault that is or was on, and when',
      'POST /_emulator/faults': 'switches one on, or a list of them: {"kind":"latency","ms":500,"forMs":60000}',
      'DELETE /_emulator/faults': 'switches all off; DELETE /_emulator/faults/{id} one',
      'GET /_emulator/behaviours': 'what the documents leave open: how it is now, and what each may be',
      'PATCH /_emulator/behaviours': 'changes some: {"count":"zero","limitCap":100}',
      'DELETE /_emulator/behaviours': 'as they were at the start',
      'GET /_emulator/requests': 'what was asked so far, without credentials',
      'DELETE /_emulator/requests': 'forgets them',
    },
  };
  const routes: Record<string, (bodyText: string) => { status: number; json: unknown }> = {
    'GET /': () => ({ status: 200, json: help }),
    'GET /faults': () => ({ status: 200, json: { faults: faults.timeline } }),
    'POST /faults': bodyText => addFaults(faults, bodyText),
    'DELETE /faults': () => {
      faults.clear();
      return { status: 200, json: { faults: faults.timeline } };
    },
    'GET /behaviours': () => ({ status: 200, json: behaviours.read() }),
    'PATCH /behaviours': bodyText => {
      const error = behaviours.change(parsed(bodyText));
      return error === undefined ? { status: 200, json: behaviours.read() } : { status: 400, json: { error } };
    },
    'DELETE /behaviours': () => {
      behaviours.reset();
      return { status: 200, json: behaviours.read() };
    },
    'GET /requests': () => ({
      status: 200,
      json: {
        count: recorder.requests.length,
        requests: recorder.requests.map(request => withoutSecrets(request, protocol)),
      },
    }),
    'DELETE /requests': () => {
      recorder.clear();
      return { status: 200, json: { count: 0, requests: [] } };
    },
  };
  return {
    handles: target => /^\/_emulator(?:[/?]|$)/.test(target),
    answer: (method, target, bodyText) => {
      const path = target.slice(prefix.length).replace(/\?.*$/, '').replace(/\/$/, '') || '/';
      const one = /^\/faults\/([\w-]+)$/.exec(path)?.[1];
      if (method === 'DELETE' && one) {
        faults.clear(one);
        return { status: 200, json: { faults: faults.timeline } };
      }
      return routes[`${method} ${path}`]?.(bodyText) ?? { status: 404, json: { error: 'no such route', ...help } };
    },
  };
}

function addFaults(faults: FaultControl, bodyText: string): { status: number; json: unknown } {
  const read = oneOrMore.safeParse(parsed(bodyText));
  if (!read.success) return { status: 400, json: { error: z.prettifyError(read.error) } };
  return { status: 201, json: { faults: read.data.map(fault => faults.add(fault)) } };
}

function parsed(bodyText: string): unknown {
  try {
    return JSON.parse(bodyText);
  } catch {
    return undefined;
  }
}

const secretHeaders = ['authorization', 'cookie'];

function withoutSecrets(request: RecordedRequest, { keyHeaders }: Protocol): unknown {
  const hidden = new Set([...secretHeaders, ...keyHeaders]);
  const headers = Object.entries(request.headers).filter(([name]) => !hidden.has(name));
  const { bodyText: _text, ...rest } = request;
  return { ...rest, query: [...request.query], headers: Object.fromEntries(headers) };
}
