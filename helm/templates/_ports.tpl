{{/* The port of an address, as its text says or its scheme implies. */}}
{{- define "gateway.port" -}}
{{- regexFind ":[0-9]+([/?]|$)" (regexReplaceAll "^[a-z]+://" . "") | regexFind "[0-9]+" | default (ternary 443 80 (hasPrefix "https:" .)) -}}
{{- end -}}

{{/* A list of the ports of all addresses that the values name, apart from those of Redis. */}}
{{- define "gateway.namedPorts" -}}
{{- $v := .Values -}}
{{- $ports := list -}}
{{- range compact (list ($v.config.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT | default $v.config.OTEL_EXPORTER_OTLP_ENDPOINT) $v.config.HTTPS_PROXY) -}}
{{- $ports = append $ports (include "gateway.port" . | int) -}}
{{- end -}}
{{- /* These are public, and port 443 is open to what is public: only another port needs a rule. */ -}}
{{- $addresses := list $v.auth.jwt.jwksUrl -}}
{{- range include "gateway.sources" . | fromJsonArray }}{{ $addresses = append $addresses (index $v .value).url }}{{ end -}}
{{- range compact $addresses -}}
{{- $port := include "gateway.port" . | int -}}
{{- if ne $port 443 }}{{ $ports = append $ports $port }}{{ end -}}
{{- end -}}
{{- $ports | uniq | toJson -}}
{{- end -}}
