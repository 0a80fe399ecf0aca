import type { Attack } from '../attack.ts';
import { answers } from './answers.ts';
import { connections } from './connections.ts';
import { documents } from './documents.ts';
import { doors } from './doors.ts';
import { texts } from './texts.ts';
import { upstreams } from './upstreams.ts';

export const attacks: readonly Attack[] = [...answers, ...texts, ...documents, ...upstreams, ...connections, ...doors];
