{{/* What one value can not say about another in values.schema.json. All at once, each naming its values. */}}
{{- define "gateway.refusals" -}}
{{- $v := .Values -}}
{{- $external := ternary $v.externalSecret.data (dict) $v.externalSecret.enabled -}}
{{- $wrong := list -}}
{{- if and $v.emulators.enabled (or $v.datadog.existingSecret $v.argus.existingSecret $v.datadog.url $v.argus.url $v.externalSecret.enabled) -}}
{{- $wrong = append $wrong "emulators.enabled is a trial without keys: leave datadog.existingSecret, datadog.url, argus.existingSecret, argus.url and externalSecret.enabled unset" -}}
{{- end -}}
{{- if and $v.emulators.enabled (or (eq $v.datadog.keyFrom "caller") (eq $v.argus.keyFrom "caller")) -}}
{{- $wrong = append $wrong "emulators.enabled brings keys of its own: leave datadog.keyFrom and argus.keyFrom at service" -}}
{{- end -}}
{{- range $source, $names := dict "datadog" (list "DD_API_KEY" "DD_APP_KEY" "DD_ACCESS_TOKEN") "argus" (list "ARGUS_API_KEY") -}}
{{- $own := index $v $source -}}
{{- $fetched := list -}}
{{- range $names }}{{ if hasKey $external . }}{{ $fetched = append $fetched . }}{{ end }}{{ end -}}
{{- if and (eq $own.keyFrom "caller") (or $own.existingSecret $fetched) -}}
{{- $wrong = append $wrong (printf "%s.keyFrom=caller uses each caller's own key: leave %s.existingSecret and externalSecret.data.%s unset" $source $source (first $names)) -}}
{{- end -}}
{{- if and $own.existingSecret $fetched -}}
{{- $wrong = append $wrong (printf "%s.existingSecret and externalSecret.data.%s name the same credentials twice" $source (first $fetched)) -}}
{{- end -}}
{{- end -}}
{{- if ne (hasKey $external "DD_API_KEY") (hasKey $external "DD_APP_KEY") -}}
{{- $wrong = append $wrong "externalSecret.data.DD_API_KEY and externalSecret.data.DD_APP_KEY go together" -}}
{{- end -}}
{{- if and (hasKey $external "DD_ACCESS_TOKEN") (hasKey $external "DD_API_KEY") -}}
{{- $wrong = append $wrong "externalSecret.data.DD_ACCESS_TOKEN stands in place of DD_API_KEY and DD_APP_KEY: name one or the other" -}}
{{- end -}}
{{- $caches := list -}}
{{- if $v.redis.url }}{{ $caches = append $caches "redis.url" }}{{ end -}}
{{- if $v.redis.existingSecret }}{{ $caches = append $caches "redis.existingSecret" }}{{ end -}}
{{- if $v.redis.inChart.enabled }}{{ $caches = append $caches "redis.inChart.enabled" }}{{ end -}}
{{- if hasKey $external "REDIS_URL" }}{{ $caches = append $caches "externalSecret.data.REDIS_URL" }}{{ end -}}
{{- if gt (len $caches) 1 -}}
{{- $wrong = append $wrong (printf "%s: one Redis only" (join " and " $caches)) -}}
{{- end -}}
{{- if and $v.auth.existingSecret (hasKey $external "API_KEYS") -}}
{{- $wrong = append $wrong "auth.existingSecret and externalSecret.data.API_KEYS name the same keys twice" -}}
{{- end -}}
{{- if and $v.audit.existingSecret (hasKey $external "AUDIT_HMAC_KEY") -}}
{{- $wrong = append $wrong "audit.existingSecret and externalSecret.data.AUDIT_HMAC_KEY name the same key twice" -}}
{{- end -}}
{{- if and (eq $v.auth.mode "none") (or $v.config.DATADOG_SCOPE $v.config.ARGUS_SCOPE $v.config.DATADOG_PERSONAL_SCOPE) -}}
{{- $wrong = append $wrong "auth.mode=none knows no callers, so none can carry config.DATADOG_SCOPE, config.ARGUS_SCOPE or config.DATADOG_PERSONAL_SCOPE" -}}
{{- end -}}
{{- if and (ne $v.auth.mode "api-key") (or $v.auth.existingSecret (hasKey $external "API_KEYS")) -}}
{{- $wrong = append $wrong (printf "auth.mode=%s uses no API keys: leave auth.existingSecret and externalSecret.data.API_KEYS unset" $v.auth.mode) -}}
{{- end -}}
{{- if eq $v.auth.mode "jwt" -}}
{{- range list "issuer" "audience" "jwksUrl" }}{{ if not (index $v.auth.jwt .) }}{{ $wrong = append $wrong (printf "auth.mode=jwt needs auth.jwt.%s" .) }}{{ end }}{{ end -}}
{{- end -}}
{{- if and $v.externalSecret.enabled (not $v.externalSecret.store.name) -}}
{{- $wrong = append $wrong "externalSecret.enabled needs externalSecret.store.name" -}}
{{- end -}}
{{- if and $v.externalSecret.enabled (not $v.externalSecret.data) -}}
{{- $wrong = append $wrong "externalSecret.enabled needs externalSecret.data" -}}
{{- end -}}
{{- if and $v.autoscaling.enabled (gt (int $v.autoscaling.minReplicas) (int $v.autoscaling.maxReplicas)) -}}
{{- $wrong = append $wrong "autoscaling.minReplicas is above autoscaling.maxReplicas" -}}
{{- end -}}
{{- if eq (int $v.ports.http) (int $v.ports.admin) -}}
{{- $wrong = append $wrong "ports.http and ports.admin must differ" -}}
{{- end -}}
{{- if $wrong }}{{ fail (printf "\n  - %s" (join "\n  - " $wrong)) }}{{ end -}}
{{- end -}}
