/** The registry: a new source is a folder and its lines here. */
export { type ArgusLoaders, argusResolvers, argusSettings, argusVariables, createArgus } from './argus/index.ts';
export {
  createDatadog,
  type DatadogLoaders,
  datadogGaps,
  datadogResolvers,
  datadogSettings,
  datadogVariables,
} from './datadog/index.ts';
