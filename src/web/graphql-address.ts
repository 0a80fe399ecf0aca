/** GraphQL stands beside the page, below whatever prefix a proxy shows both: `/ioc/board`, `/ioc/board/` → `/ioc/graphql`. */
export const graphqlAddress = ({ origin, pathname }: Pick<Location, 'origin' | 'pathname'>): string =>
  new URL('graphql', origin + pathname.replace(/\/+$/, '')).href;
