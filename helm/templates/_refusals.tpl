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
{{- $wrong = concat $wrong (include "gateway.workloadRefusals" . | fromJsonArray) (include "gateway.networkRefusals" . | fromJsonArray) -}}
{{- if $wrong }}{{ fail (printf "\n  - %s" (join "\n  - " $wrong)) }}{{ end -}}
{{- end -}}

{{/* The same of what runs: a list of sentences. */}}
{{- define "gateway.workloadRefusals" -}}
{{- $v := .Values -}}
{{- $wrong := list -}}
{{- if not (or (kindIs "invalid" $v.replicas) (kindIs "invalid" $v.replicaCount) (eq (toString $v.replicas) (toString $v.replicaCount))) -}}
{{- $wrong = append $wrong (printf "replicas=%v and replicaCount=%v are one value under two names: set one of them" $v.replicas $v.replicaCount) -}}
{{- end -}}
{{- with $v.updateStrategy -}}
{{- if and (eq .type "Recreate") .rollingUpdate -}}
{{- $wrong = append $wrong "updateStrategy.type=Recreate rolls nothing: leave updateStrategy.rollingUpdate unset" -}}
{{- end -}}
{{- $rolling := .rollingUpdate | default dict -}}
{{- if and (has (toString $rolling.maxSurge) (list "0" "0%")) (has (toString $rolling.maxUnavailable) (list "0" "0%")) -}}
{{- $wrong = append $wrong "updateStrategy.rollingUpdate.maxSurge and maxUnavailable are both 0, so that no pod could ever be replaced" -}}
{{- end -}}
{{- end -}}
{{- if and $v.podDisruptionBudget.enabled (has (toString $v.podDisruptionBudget.maxUnavailable) (list "0" "0%")) -}}
{{- $wrong = append $wrong "podDisruptionBudget.maxUnavailable=0 lets no node ever be drained: set 1 or more, or podDisruptionBudget.enabled=false" -}}
{{- end -}}
{{- $environment := include "gateway.environment" . | fromYaml -}}
{{- range $v.extraEnv -}}
{{- if or (hasKey $environment .name) (hasKey $environment (printf "%s_FILE" .name)) -}}
{{- $wrong = append $wrong (printf "extraEnv names %s, which the chart sets already: set it in config, or in the value that it comes from" .name) -}}
{{- end -}}
{{- if and .value (regexMatch "_(KEY|KEYS|TOKEN|PASSWORD|SECRET)$" .name) -}}
{{- $wrong = append $wrong (printf "extraEnv gives %s in the clear: name its Secret with valueFrom.secretKeyRef" .name) -}}
{{- end -}}
{{- end -}}
{{- range $v.extraVolumes -}}
{{- if has .name (list "secrets" "documents" "ca") }}{{ $wrong = append $wrong (printf "extraVolumes names %s, which is a volume of the chart's own: give it another name" .name) }}{{ end -}}
{{- end -}}
{{- range concat ($v.sidecars | default list) ($v.initContainers | default list) -}}
{{- if eq .name "gateway" }}{{ $wrong = append $wrong "sidecars and initContainers may not be called gateway: that is the chart's own" }}{{ end -}}
{{- end -}}
{{- $own := include "gateway.labels" (dict "root" (dict "Values" dict "Chart" .Chart "Release" .Release) "component" "-") | fromYaml -}}
{{- range $where := list "commonLabels" "podLabels" -}}
{{- range $name, $_ := index $v $where -}}
{{- if hasKey $own $name }}{{ $wrong = append $wrong (printf "%s may not set %s: the chart sets it, and selects by it" $where $name) }}{{ end -}}
{{- end -}}
{{- end -}}
{{- if and $v.serviceMonitor.enabled ($v.podMonitor).enabled -}}
{{- $wrong = append $wrong "serviceMonitor.enabled and podMonitor.enabled would scrape each pod twice: set one of them" -}}
{{- end -}}
{{- $wrong | toJson -}}
{{- end -}}

{{/* The same of how it is reached and what it reaches. */}}
{{- define "gateway.networkRefusals" -}}
{{- $v := .Values -}}
{{- $service := $v.service -}}
{{- $wrong := list -}}
{{- range $name := list "nodePort" "externalTrafficPolicy" -}}
{{- if and (get $service $name) (eq $service.type "ClusterIP") -}}
{{- $wrong = append $wrong (printf "service.%s is for service.type=NodePort or LoadBalancer" $name) -}}
{{- end -}}
{{- end -}}
{{- range $name := list "loadBalancerClass" "loadBalancerSourceRanges" -}}
{{- if and (get $service $name) (ne $service.type "LoadBalancer") -}}
{{- $wrong = append $wrong (printf "service.%s is for service.type=LoadBalancer" $name) -}}
{{- end -}}
{{- end -}}
{{- if and $v.ingress.enabled (not $v.ingress.hosts) -}}
{{- $wrong = append $wrong "ingress.enabled needs ingress.hosts: [{ host: …, paths: [/graphql] }]" -}}
{{- end -}}
{{- with $v.httpRoute -}}
{{- if and .enabled (not .parentRefs) -}}
{{- $wrong = append $wrong "httpRoute.enabled needs httpRoute.parentRefs: the Gateway that it belongs to" -}}
{{- end -}}
{{- if and .enabled (not .rules) -}}
{{- $wrong = append $wrong "httpRoute.enabled needs httpRoute.rules" -}}
{{- end -}}
{{- end -}}
{{- range $name := list "OTEL_EXPORTER_OTLP_ENDPOINT" "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT" -}}
{{- with get $v.config $name -}}
{{- if not (regexMatch "^https?://[^/]" (toString .)) -}}
{{- $wrong = append $wrong (printf "config.%s must be an address that begins with http:// or https://" $name) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- $wrong | toJson -}}
{{- end -}}
