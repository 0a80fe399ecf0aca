{{/* YAML reads a bare `on` as true and 1000000 as 1e+06; the gateway reads neither. */}}
{{- define "gateway.text" -}}
{{- if kindIs "bool" . -}}{{ ternary "on" "off" . }}
{{- else if and (kindIs "float64" .) (eq (floor .) .) -}}{{ int64 . }}
{{- else -}}{{ toString . }}
{{- end -}}
{{- end -}}

{{/* OpenTelemetry's own switches are written true and false. */}}
{{- define "gateway.otelText" -}}
{{- if kindIs "bool" . -}}{{ toString . }}{{- else -}}{{ include "gateway.text" . }}{{- end -}}
{{- end -}}

{{/* The environment of the gateway without its secrets, as a YAML map. */}}
{{- define "gateway.environment" -}}
{{- $v := .Values -}}
{{- $env := dict "PORT" (toString $v.ports.http) "ADMIN_PORT" (toString $v.ports.admin) "AUTH" $v.auth.mode "SHUTDOWN_DELAY_MS" (toString (mul $v.preStopSeconds 1000)) -}}
{{- range $name, $value := $v.config -}}
{{- $kind := ternary "gateway.otelText" "gateway.text" (hasPrefix "OTEL_" $name) -}}
{{- $_ := set $env $name (include $kind $value) -}}
{{- end -}}
{{- $emulators := printf "http://%s-emulators" (include "gateway.fullname" .) -}}
{{- range include "gateway.sources" . | fromJsonArray -}}
{{- $own := index $v .value -}}
{{- range $key, $name := .variables -}}
{{- with include "gateway.text" (index $own $key) }}{{ $_ := set $env $name . }}{{ end -}}
{{- end -}}
{{- $url := ternary (printf "%s:%v" $emulators .emulator.port) $own.url $v.emulators.enabled -}}
{{- if $url }}{{ $_ := set $env (printf "%s_URL" .name) $url }}{{ end -}}
{{- if eq $own.keyFrom "caller" }}{{ $_ := set $env (printf "%s_KEY_FROM" .name) "caller" }}{{ end -}}
{{- end -}}
{{- if $v.emulators.enabled }}{{ $_ := set $env "ALLOW_PLAIN_HTTP" "on" }}{{ end -}}
{{- if $v.redis.inChart.enabled -}}
{{- $_ := set $env "REDIS_URL" (printf "redis://%s-redis:6379" (include "gateway.fullname" .)) -}}
{{- else if $v.redis.url -}}
{{- $_ := set $env "REDIS_URL" $v.redis.url -}}
{{- end -}}
{{- if eq $v.auth.mode "jwt" -}}
{{- range $name, $value := dict "JWT_ISSUER" $v.auth.jwt.issuer "JWT_AUDIENCE" $v.auth.jwt.audience "JWKS_URL" $v.auth.jwt.jwksUrl "JWT_ALGORITHMS" $v.auth.jwt.algorithms "JWT_SCOPE_CLAIM" $v.auth.jwt.scopeClaim -}}
{{- if $value }}{{ $_ := set $env $name $value }}{{ end -}}
{{- end -}}
{{- end -}}
{{- if $v.trustedDocuments.existingConfigMap -}}
{{- $_ := set $env "TRUSTED_DOCUMENTS" "/etc/indicator-gateway/documents/manifest.json" -}}
{{- end -}}
{{- if ($v.egressPolicy).existingConfigMap -}}
{{- $_ := set $env "EGRESS_POLICY" "/etc/indicator-gateway/egress/policy.json" -}}
{{- end -}}
{{- if $v.caBundle.existingConfigMap -}}
{{- $_ := set $env "NODE_EXTRA_CA_CERTS" "/etc/indicator-gateway/ca/ca.crt" -}}
{{- end -}}
{{- range include "gateway.secrets" . | fromJsonArray -}}
{{- $_ := set $env (printf "%s_FILE" .name) (printf "%s/%s" (include "gateway.secretDirectory" $) .name) -}}
{{- end -}}
{{- $env | toYaml -}}
{{- end -}}

{{/* The variables that come from an ExternalSecret or from `extraEnv`, as the keys of a map. */}}
{{- define "gateway.given" -}}
{{- $given := dict -}}
{{- if .Values.externalSecret.enabled -}}
{{- range $name, $_ := .Values.externalSecret.data }}{{ $_ := set $given $name true }}{{ end -}}
{{- end -}}
{{- range .Values.extraEnv }}{{ $_ := set $given .name true }}{{ end -}}
{{- $given | toJson -}}
{{- end -}}
