{{/*
What every pod of this chart runs under: the "restricted" Pod Security Standard, and a tree it can not write to. The
values say it; it is repeated here for an upgrade with `--reuse-values` from a release whose values did not.
(dict "root" $), and "user" for an image that needs another one.
*/}}
{{- define "gateway.podSecurity" -}}
{{- $context := .root.Values.podSecurityContext | default (dict "runAsNonRoot" true "runAsUser" 65532 "runAsGroup" 65532 "fsGroup" 65532 "seccompProfile" (dict "type" "RuntimeDefault")) | deepCopy -}}
{{- range $key := list "runAsUser" "runAsGroup" "fsGroup" -}}
{{- if kindIs "invalid" (get $context $key) }}{{ $_ := unset $context $key }}{{ end -}}
{{- if and $.user (hasKey $context $key) }}{{ $_ := set $context $key $.user }}{{ end -}}
{{- end -}}
automountServiceAccountToken: false
enableServiceLinks: false
securityContext:
  {{- toYaml $context | nindent 2 }}
{{- end -}}

{{- define "gateway.containerSecurity" -}}
securityContext:
  {{- .Values.securityContext | default (dict "allowPrivilegeEscalation" false "readOnlyRootFilesystem" true "capabilities" (dict "drop" (list "ALL"))) | toYaml | nindent 2 }}
{{- end -}}
