/** `GET /v1/sightings?value=…`, one indicator per call. */
import type { Indicator } from '../../../src/domain/indicator/model.ts';
import { UpstreamError } from '../../../src/http-client/errors.ts';
import type { UpstreamRequest, UpstreamResponse } from '../../../src/http-client/upstream.ts';
import { mapSighting, type SightingFact } from './mapping.ts';
import { sightingAnswer, unknownAnswer } from './wire.ts';

/** A 404 of Night Watch means "not known"; any other 404 means that the URL is wrong. */
export const classifyAnswer = ({ status, body }: UpstreamResponse): 'accept' | undefined =>
  status === 404 && unknownAnswer.safeParse(body).success ? 'accept' : undefined;

export const requestFor = ({ value }: Indicator): Pick<UpstreamRequest, 'path' | 'query' | 'operation'> => ({
  path: '/v1/sightings',
  query: [['value', value]],
  operation: 'sighting',
});

export function readAnswer({ status, body }: UpstreamResponse, { value }: Indicator): SightingFact {
  if (status === 404) return { sighting: null };
  const parsed = sightingAnswer.safeParse(body);
  if (parsed.success && parsed.data.value === value) return mapSighting(parsed.data);
  throw new UpstreamError('NIGHT_WATCH', 'MALFORMED', 'Night Watch sent an answer that cannot be trusted.');
}
