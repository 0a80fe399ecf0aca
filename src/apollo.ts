/** `indicator-gateway/apollo`: what Apollo Client needs to know of the gateway, and the triage board's operations with their types. */
export { possibleTypes, typePolicies } from './clients/type-policies.ts';
export * from './web/board/generated/graphql.ts';
