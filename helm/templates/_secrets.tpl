{{/*
Which secret variable is a file from which Secret: a list of { name, secret, key }. The values of secrets never pass
through this chart.
*/}}
{{- define "gateway.secrets" -}}
{{- $v := .Values -}}
{{- $sources := include "gateway.sources" . | fromJsonArray -}}
{{- $files := list -}}
{{- if $v.emulators.enabled -}}
{{- $trial := printf "%s-trial" (include "gateway.fullname" .) -}}
{{- range $sources -}}
{{- range $name, $_ := .emulator.credentials -}}
{{- $files = append $files (dict "name" $name "secret" $trial "key" $name) -}}
{{- end -}}
{{- end -}}
{{- if and (eq $v.auth.mode "api-key") (not $v.auth.existingSecret) -}}
{{- $files = append $files (dict "name" "API_KEYS" "secret" $trial "key" "API_KEYS") -}}
{{- end -}}
{{- end -}}
{{- range $sources -}}
{{- $own := index $v .value -}}
{{- if $own.existingSecret -}}
{{- /* Of several sets of credentials the last one whose entries are named; the first has names by itself. */ -}}
{{- $set := list -}}
{{- range .credentials -}}
{{- if index $own.secretKeys (first .).key }}{{ $set = . }}{{ end -}}
{{- end -}}
{{- range $set -}}
{{- $files = append $files (dict "name" .variable "secret" $own.existingSecret "key" (index $own.secretKeys .key)) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- with $v.redis.existingSecret -}}
{{- $files = append $files (dict "name" "REDIS_URL" "secret" . "key" $v.redis.secretKeys.url) -}}
{{- end -}}
{{- with $v.redis.login.existingSecret -}}
{{- $files = append $files (dict "name" "REDIS_PASSWORD" "secret" . "key" $v.redis.login.secretKeys.password) -}}
{{- if $v.redis.login.secretKeys.username -}}
{{- $files = append $files (dict "name" "REDIS_USERNAME" "secret" . "key" $v.redis.login.secretKeys.username) -}}
{{- end -}}
{{- end -}}
{{- with $v.redis.sentinels.existingSecret -}}
{{- $files = append $files (dict "name" "REDIS_SENTINEL_PASSWORD" "secret" . "key" $v.redis.sentinels.secretKeys.password) -}}
{{- end -}}
{{- with $v.redis.signing.existingSecret -}}
{{- $files = append $files (dict "name" "REDIS_HMAC_KEY" "secret" . "key" $v.redis.signing.secretKeys.hmacKey) -}}
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
