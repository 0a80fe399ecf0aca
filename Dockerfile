# syntax=docker/dockerfile:1

# The same release as the `node` dev dependency of package.json; a test compares the two. With a digest: SECURITY.md.
ARG NODE_IMAGE=node:24.21.0-slim
FROM ${NODE_IMAGE} AS build
WORKDIR /build
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY . .
# Plain JavaScript: the web pages, and the programs with the packages that they use, which need no node_modules.
RUN npm run build && npm run build:server \
 && npm prune --omit=dev --ignore-scripts --no-audit --no-fund
# What licences and scanners ask for: the name, version and licence of each of those packages.
RUN find node_modules ! -type d ! -name package.json ! -iname 'licen[cs]e*' ! -iname 'notice*' -delete \
 && find node_modules -type d -empty -delete

FROM ${NODE_IMAGE}
ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="Indicator Gateway" \
      org.opencontainers.image.description="One GraphQL answer about any indicator of compromise, joined across Datadog IoC Explorer and mnemonic Argus Reputation" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
# What the program never calls, an intruder need not find.
RUN rm -rf /usr/local/lib/node_modules /usr/local/include /usr/local/bin/npm /usr/local/bin/npx \
      /usr/local/bin/corepack /usr/local/bin/yarn /usr/local/bin/yarnpkg /opt/yarn-*
# The heap may take six tenths of the container: outside of it, the program takes about 100 MB (docs/decisions/memory.md).
# glibc would keep freed memory for each thread: with one arena a busy process takes some 80 MB less.
ENV NODE_ENV=production HOST=0.0.0.0 PORT=4000 MALLOC_ARENA_MAX=1 NODE_OPTIONS=--max-old-space-size-percentage=60
WORKDIR /app
# Owned by root and never written to: the tree may be mounted read-only.
COPY --from=build /build/node_modules ./node_modules
COPY --from=build /build/package.json /build/schema.graphql /build/LICENSE ./
COPY --from=build /build/dist ./dist
USER 65532:65532
EXPOSE 4000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:' + (process.env.ADMIN_PORT || process.env.PORT) + '/livez').then(answer => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
# Node itself is process 1 and hears SIGTERM. The emulators: `docker run IMAGE dist/server/emulators.js`.
ENTRYPOINT ["node"]
# A young heap of this size: larger ones are somewhat faster and take more memory (bench/README.md).
CMD ["--max-semi-space-size=16", "dist/server/main.js"]
