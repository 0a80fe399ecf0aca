{{/* What differs by source: a list of { name, title, value, credentials, variables, emulator }. */}}
{{- define "gateway.sources" -}}
{{- .Files.Get "files/sources.json" -}}
{{- end -}}

{{- define "gateway.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 52 | trimSuffix "-" -}}
{{- else -}}
{{- $name := default .Chart.Name .Values.nameOverride -}}
{{- if contains $name .Release.Name -}}
{{- .Release.Name | trunc 52 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name $name | trunc 52 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{- define "gateway.namespace" -}}
{{- default .Release.Namespace .Values.namespaceOverride -}}
{{- end -}}

{{/* The labels that the chart sets itself. */}}
{{- define "gateway.ownLabels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{ include "gateway.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
app.kubernetes.io/part-of: indicator-gateway
{{- end -}}

{{/* What Services and policies select by. Every part of the release has a `component` of its own. */}}
{{- define "gateway.selector" -}}
app.kubernetes.io/name: {{ default .Chart.Name .Values.nameOverride }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{/* All labels of an object or a pod: (dict "root" $ "component" "…" "labels" its own). */}}
{{- define "gateway.labels" -}}
{{- $own := include "gateway.ownLabels" .root | fromYaml -}}
{{- with .component }}{{ $_ := set $own "app.kubernetes.io/component" . }}{{ end -}}
{{- merge $own (.labels | default dict) (.root.Values.commonLabels | default dict) | toYaml -}}
{{- end -}}

{{/*
The metadata of an object: (dict "root" $), and what it has of its own: "suffix" or "name", "namespace", "component",
"labels", "annotations".
*/}}
{{- define "gateway.metadata" -}}
name: {{ .name | default (printf "%s%s" (include "gateway.fullname" .root) (.suffix | default "")) }}
{{- with .namespace | default .root.Values.namespaceOverride }}
namespace: {{ . }}
{{- end }}
labels:
  {{- include "gateway.labels" . | nindent 2 }}
{{- with merge (dict) (.annotations | default dict) (.root.Values.commonAnnotations | default dict) }}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{/*
An image in another registry, where one is given: (dict "image" "…" "registry" "…"). Its own is what has a dot or a colon,
or is localhost, before the first slash.
*/}}
{{- define "gateway.inRegistry" -}}
{{- if .registry -}}
{{ trimSuffix "/" .registry }}/{{ regexReplaceAll "^([^/]*[.:][^/]*|localhost)/" .image "" }}
{{- else -}}
{{ .image }}
{{- end -}}
{{- end -}}

{{- define "gateway.image" -}}
{{- $registry := (.Values.global).imageRegistry | default .Values.image.registry -}}
{{- $repository := include "gateway.inRegistry" (dict "image" .Values.image.repository "registry" $registry) -}}
{{- if .Values.image.digest -}}
{{ $repository }}@{{ .Values.image.digest }}
{{- else -}}
{{ $repository }}:{{ default .Chart.AppVersion .Values.image.tag }}
{{- end -}}
{{- end -}}

{{/* Pull secrets from all the places where charts have them, each a name or a map with one. */}}
{{- define "gateway.pullSecrets" -}}
{{- $names := list -}}
{{- range concat ((.Values.global).imagePullSecrets | default list) (.Values.imagePullSecrets | default list) (.Values.image.pullSecrets | default list) -}}
{{- $names = append $names (kindIs "map" . | ternary . (dict "name" .)) -}}
{{- end -}}
{{- with uniq $names -}}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end -}}
{{- end -}}

{{/* How many gateways there are; `replicas` and `replicaCount` are one value under two names. */}}
{{- define "gateway.replicas" -}}
{{- $told := kindIs "invalid" .Values.replicas | ternary .Values.replicaCount .Values.replicas -}}
{{- kindIs "invalid" $told | ternary 2 $told -}}
{{- end -}}

{{- define "gateway.serviceAccount" -}}
{{- if .Values.serviceAccount.create -}}
{{- default (include "gateway.fullname" .) .Values.serviceAccount.name -}}
{{- else -}}
{{- default "default" .Values.serviceAccount.name -}}
{{- end -}}
{{- end -}}
