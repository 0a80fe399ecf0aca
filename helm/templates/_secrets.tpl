{{/*
Which secret variable is a file from which Secret: a list of { name, secret, key }. The values of secrets never pass
through this chart.
*/}}
{{- define "gateway.secrets" -}}
{{- $v := .Values -}}
{{- $files := list -}}
{{- if $v.emulators.enabled -}}
{{- $trial := printf "%s-trial" (include "gateway.fullname" .) -}}
{{- range list "DD_API_KEY" "DD_APP_KEY" "ARGUS_API_KEY" -}}
{{- $files = append $files (dict "name" . "secret" $trial "key" .) -}}
{{- end -}}
{{- if and (eq $v.auth.mode "api-key") (not $v.auth.existingSecret) -}}
{{- $files = append $files (dict "name" "API_KEYS" "secret" $trial "key" "API_KEYS") -}}
{{- end -}}
{{- end -}}
{{- with $v.datadog.existingSecret -}}
{{- if $v.datadog.secretKeys.accessToken -}}
{{- $files = append $files (dict "name" "DD_ACCESS_TOKEN" "secret" . "key" $v.datadog.secretKeys.accessToken) -}}
{{- else -}}
{{- $files = append $files (dict "name" "DD_API_KEY" "secret" . "key" $v.datadog.secretKeys.apiKey) -}}
{{- $files = append $files (dict "name" "DD_APP_KEY" "secret" . "key" $v.datadog.secretKeys.appKey) -}}
{{- end -}}
{{- end -}}
{{- with $v.argus.existingSecret -}}
{{- $files = append $files (dict "name" "ARGUS_API_KEY" "secret" . "key" $v.argus.secretKeys.apiKey) -}}
{{- end -}}
{{- with $v.redis.existingSecret -}}
{{- $files = append $files (dict "name" "REDIS_URL" "secret" . "key" $v.redis.secretKeys.url) -}}
{{- end -}}
{{- with $v.auth.existingSecret -}}
{{- $files = append $files (dict "name" "API_KEYS" "secret" . "key" $v.auth.secretKeys.apiKeys) -}}
{{- end -}}
{{- with $v.audit.existingSecret -}}
{{- $files = append $files (dict "name" "AUDIT_HMAC_KEY" "secret" . "key" $v.audit.secretKeys.hmacKey) -}}
{{- end -}}
{{- if $v.externalSecret.enabled -}}
{{- $external := printf "%s-external" (include "gateway.fullname" .) -}}
{{- range $name, $_ := $v.externalSecret.data -}}
{{- $files = append $files (dict "name" $name "secret" $external "key" $name) -}}
{{- end -}}
{{- end -}}
{{- $files | toJson -}}
{{- end -}}

{{- define "gateway.secretDirectory" -}}/etc/indicator-gateway/secrets{{- end -}}
