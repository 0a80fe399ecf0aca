/**
 * `helm/README.md`, made of `helm/values.yaml`: the words before the table stand here, the words in it are the `# --`
 * comments beside the values.
 */
import { isMap, isScalar, type Pair, parseDocument } from 'yaml';

const introduction = `# Indicator Gateway: the chart

<!-- Written by \`npm run codegen\` from values.yaml: change that, not this. -->

## A trial without any key

\`\`\`sh
helm install trial ./helm --set emulators.enabled=true --set redis.inChart.enabled=true
helm test trial --logs
\`\`\`

Every upstream API is emulated in the cluster, and the chart makes up one caller's key. The notes that \`helm install\`
prints say how to read it.

## For real

\`\`\`sh
kubectl create secret generic soc-datadog --from-literal=api-key=… --from-literal=app-key=…
kubectl create secret generic soc-argus --from-literal=api-key=…
# One caller: the gateway keeps only the hash of the key that the caller sends as \`Authorization: Bearer …\`.
KEY=$(openssl rand -hex 32)
kubectl create secret generic gateway-callers \\
  --from-literal=api-keys="soar:$(printf %s "$KEY" | sha256sum | cut -d' ' -f1)"
helm install indicators ./helm \\
  --set datadog.existingSecret=soc-datadog --set argus.existingSecret=soc-argus \\
  --set auth.existingSecret=gateway-callers --set redis.url=redis://redis.data.svc:6379
\`\`\`

Secrets are named, never given: they are mounted as files, and the gateway reads them again when they change. Names and
kinds of values are checked; a typo is refused with its path. The triage board, for people with a caller's key:
\`--set config.BOARD=on\`, and \`/board\` beside \`/graphql\` in the paths of the Ingress. Running it: [docs/operations.md](../docs/operations.md).

## OpenShift

It chooses the user of each pod itself:

\`\`\`yaml
podSecurityContext: { runAsUser: null, runAsGroup: null, fsGroup: null }
\`\`\`

## Scaled by KEDA

\`byOthers\` leaves the number of replicas to what scales the Deployment. Why by these two figures, and what the chart's own
HorizontalPodAutoscaler needs for them: [docs/operations.md](../docs/operations.md#what-to-scale-by).

\`\`\`yaml
autoscaling: { enabled: true, byOthers: true }
extraObjects:
  - apiVersion: keda.sh/v1alpha1
    kind: ScaledObject
    metadata: { name: '{{ include "gateway.fullname" . }}' }
    spec:
      scaleTargetRef: { name: '{{ include "gateway.fullname" . }}' }
      minReplicaCount: 2
      maxReplicaCount: 6
      triggers: # KEDA divides each by the replicas.
        - type: prometheus
          metadata:
            serverAddress: http://prometheus.monitoring.svc:9090
            query: sum(rate(gateway_process_cpu_seconds_total{namespace="{{ .Release.Namespace }}"}[2m]))
            threshold: "0.7"
        - type: prometheus
          metadata:
            serverAddress: http://prometheus.monitoring.svc:9090
            query: sum(max_over_time(gateway_overload_budget_taken{namespace="{{ .Release.Namespace }}"}[1m]))
            threshold: "0.5"
\`\`\`

## Values

| value | default | meaning |
|---|---|---|
`;

/** The text of a comment from its line that begins with `--` on. */
function description(comment: string | null | undefined): string | undefined {
  const text = comment?.split(/^ ?-- /m).at(-1);
  return text === undefined || text === comment ? undefined : text.replace(/\s*\n\s*/g, ' ').trim();
}

const cell = (text: string) => text.replaceAll('|', '\\|');
const inline = (value: unknown) =>
  value === '' || value === null ? '' : `\`${cell(JSON.stringify(value).replace(/^"(.*)"$/, '$1'))}\``;

/** One row for each described value; what has no description of its own must hold some. */
function rows(node: unknown, path: string): string[] {
  if (!isMap(node)) throw new Error(`${path} in values.yaml has no comment that begins with "# --"`);
  return node.items.flatMap((pair, index) => row(pair, path, index === 0 ? node.commentBefore : undefined));
}

function row({ key, value }: Pair, path: string, firstComment: string | null | undefined): string[] {
  if (!isScalar(key)) throw new Error(`${path} holds a key that is no text`);
  const name = path === '' ? String(key.value) : `${path}.${key.value}`;
  const text = description(key.commentBefore) ?? description(firstComment);
  if (text === undefined) return rows(value, name);
  return [`| \`${name}\` | ${inline(toPlain(value))} | ${cell(text)} |`];
}

const toPlain = (node: unknown): unknown => JSON.parse(JSON.stringify(node));

/** The README that belongs to these values. */
export function chartReadme(values: string): string {
  return `${introduction}${rows(parseDocument(values).contents, '').join('\n')}\n`;
}
