{{/* What one value can not say about another in values.schema.json. All at once, each naming its values. */}}
{{- define "gateway.refusals" -}}
{{- $v := .Values -}}
{{- $external := ternary $v.externalSecret.data (dict) $v.externalSecret.enabled -}}
{{- $wrong := list -}}
{{- if and $v.emulators.enabled $v.externalSecret.enabled -}}
{{- $wrong = append $wrong "emulators.enabled is a trial without keys: leave externalSecret.enabled unset" -}}
{{- end -}}
{{- range include "gateway.sources" . | fromJsonArray -}}
{{- $own := index $v .value -}}
{{- if and $v.emulators.enabled (or $own.existingSecret $own.url) -}}
{{- $wrong = append $wrong (printf "emulators.enabled is a trial without keys: leave %s.existingSecret and %s.url unset" .value .value) -}}
{{- end -}}
{{- $isPlain := and (regexMatch "^http://" $own.url) (not (regexMatch "^http://(localhost|127[.][0-9.]+|\\[::1\\])([:/]|$)" $own.url)) -}}
{{- if and $isPlain (ne (include "gateway.text" (index $v.config "ALLOW_PLAIN_HTTP")) "on") -}}
{{- $wrong = append $wrong (printf "%s.url leads to another host over http://, where keys travel in the clear: use https://, or set config.ALLOW_PLAIN_HTTP=on" .value) -}}
{{- end -}}
{{- if and $v.emulators.enabled (eq $own.keyFrom "caller") -}}
{{- $wrong = append $wrong (printf "emulators.enabled brings keys of its own: leave %s.keyFrom at service" .value) -}}
{{- end -}}
{{- $sets := list -}}
{{- range .credentials -}}
{{- $names := list -}}
{{- $fetched := list -}}
{{- range . -}}
{{- $names = append $names .variable -}}
{{- if hasKey $external .variable }}{{ $fetched = append $fetched .variable }}{{ end -}}
{{- end -}}
{{- if $fetched }}{{ $sets = append $sets (join " and " $names) }}{{ end -}}
{{- if and $fetched (lt (len $fetched) (len $names)) -}}
{{- $wrong = append $wrong (printf "externalSecret.data.%s go together" (join " and externalSecret.data." $names)) -}}
{{- end -}}
{{- end -}}
{{- if gt (len $sets) 1 -}}
{{- $wrong = append $wrong (printf "externalSecret.data.%s stands in place of %s: name one or the other" (index $sets 1) (first $sets)) -}}
{{- end -}}
{{- if and (eq $own.keyFrom "caller") (or $own.existingSecret $sets) -}}
{{- $wrong = append $wrong (printf "%s.keyFrom=caller uses each caller's own key: leave %s.existingSecret and externalSecret.data.%s unset" .value .value (first (first .credentials)).variable) -}}
{{- end -}}
{{- if and $own.existingSecret $sets -}}
{{- $wrong = append $wrong (printf "%s.existingSecret and externalSecret.data.%s name the same credentials twice" .value (first $sets)) -}}
{{- end -}}
{{- end -}}
{{- $caches := list -}}
{{- if $v.redis.url }}{{ $caches = append $caches "redis.url" }}{{ end -}}
{{- if $v.redis.existingSecret }}{{ $caches = append $caches "redis.existingSecret" }}{{ end -}}
{{- if $v.redis.inChart.enabled }}{{ $caches = append $caches "redis.inChart.enabled" }}{{ end -}}
{{- if $v.config.REDIS_SENTINELS }}{{ $caches = append $caches "config.REDIS_SENTINELS" }}{{ end -}}
{{- if hasKey $external "REDIS_URL" }}{{ $caches = append $caches "externalSecret.data.REDIS_URL" }}{{ end -}}
{{- if gt (len $caches) 1 -}}
{{- $wrong = append $wrong (printf "%s: one Redis only" (join " and " $caches)) -}}
{{- end -}}
{{- if and $v.redis.login.existingSecret (hasKey $external "REDIS_PASSWORD") -}}
{{- $wrong = append $wrong "redis.login.existingSecret and externalSecret.data.REDIS_PASSWORD name the same password twice" -}}
{{- end -}}
{{- if and $v.redis.signing.existingSecret (hasKey $external "REDIS_HMAC_KEY") -}}
{{- $wrong = append $wrong "redis.signing.existingSecret and externalSecret.data.REDIS_HMAC_KEY name the same key twice" -}}
{{- end -}}
{{- if and $v.auth.existingSecret (hasKey $external "API_KEYS") -}}
{{- $wrong = append $wrong "auth.existingSecret and externalSecret.data.API_KEYS name the same keys twice" -}}
{{- end -}}
{{- if and $v.audit.existingSecret (hasKey $external "AUDIT_HMAC_KEY") -}}
{{- $wrong = append $wrong "audit.existingSecret and externalSecret.data.AUDIT_HMAC_KEY name the same key twice" -}}
{{- end -}}
{{- if eq $v.auth.mode "none" -}}
{{- range $name, $scope := $v.config -}}
{{- if and $scope (hasSuffix "_SCOPE" $name) -}}
{{- $wrong = append $wrong (printf "auth.mode=none knows no callers, so none can carry config.%s" $name) -}}
{{- end -}}
{{- end -}}
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
