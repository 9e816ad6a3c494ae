{{- /* What the templates that are made of deploy/kubernetes/base include. */}}

{{- /* Boxes of one namespace alone need rights in no other. */}}
{{- define "zomg.role" -}}
{{ if .Values.settings.namespace }}Role{{ else }}ClusterRole{{ end }}
{{- end }}

{{- /* A number as values.yaml has it, which Helm takes for a float, without an exponent; a truth value
as the gateway has it; a list as variables have it. */}}
{{- define "zomg.value" -}}
{{- if kindIs "bool" . -}}
{{ ternary "yes" "no" . }}
{{- else if kindIs "slice" . -}}
{{ join "," . }}
{{- else if kindIs "string" . -}}
{{ . }}
{{- else -}}
{{ int64 . }}
{{- end }}
{{- end }}

{{- define "zomg.settings" -}}
{{- range $key, $value := .Values.settings }}
{{- if not (kindIs "invalid" $value) }}
ZOMG_SSH_{{ upper $key }}: {{ include "zomg.value" $value | quote }}
{{- end }}
{{- end }}
{{- if .Values.recordings.directory }}
ZOMG_SSH_RECORD_DIR: /var/lib/zomg-ssh-recordings
{{- end }}
{{- end }}

{{- define "zomg.checksum" -}}
{{ printf "%s %s" (include "zomg.settings" .) .Values.hostKey.value | sha256sum }}
{{- end }}

{{- /* The seconds of a time as in sshd_config(5): 90, 5m, 1h30m. */}}
{{- define "zomg.seconds" -}}
{{- $units := dict "s" 1 "m" 60 "h" 3600 "d" 86400 "w" 604800 }}
{{- $sum := 0 }}
{{- range regexFindAll "[0-9]+[smhdw]?" (include "zomg.value" . | lower) -1 }}
{{- $unit := regexFind "[smhdw]$" . | default "s" }}
{{- $sum = add $sum (mul (trimSuffix $unit . | int64) (get $units $unit)) }}
{{- end }}
{{- $sum }}
{{- end }}

{{- /* The drain, and 30 s for the end of the sessions that are left. */}}
{{- define "zomg.gracePeriod" -}}
{{ add (include "zomg.seconds" (hasKey .Values.settings "drain_secs" | ternary .Values.settings.drain_secs 300)) 30 }}
{{- end }}

{{- /* The most that the settings allow (monitor/memory_need.cc), in steps of 64 MiB; for sessions by
`kubectl exec` the value `memory` takes its place. */}}
{{- define "zomg.memory" -}}
{{- if .Values.memory }}
{{- .Values.memory }}
{{- else }}
{{- $settings := .Values.settings }}
{{- $sessions := $settings.max_sessions | default 10 | int64 }}
{{- $connections := $settings.max_connections | default 512 | int64 }}
{{- $window := $settings.max_window_mib | default 256 | int64 }}
{{- $each := add 1536 512 512 (mul $sessions 32) }}
{{- $waiting := mul (min 256 $connections) 608 }}
{{- $need := add 192 (div (add (mul $connections $each) $waiting) 1024) $window }}
{{- mul (div (add $need 63) 64) 64 }}Mi
{{- end }}
{{- end }}

{{- /* Where the runtime's socket is in the pod, and where the node has its directory. */}}
{{- define "zomg.runtimeMount" -}}
{{ eq .Values.runtime "cri-o" | ternary "/run/crio" "/run/containerd" }}
{{- end }}

{{- define "zomg.socket" -}}
{{ include "zomg.runtimeMount" . }}/{{ eq .Values.runtime "cri-o" | ternary "crio.sock" "containerd.sock" }}
{{- end }}

{{- define "zomg.runtimeDirectory" -}}
{{- $usual := dict "containerd" "/run/containerd" "k3s" "/run/k3s/containerd" "cri-o" "/run/crio" }}
{{- .Values.runtimeDirectory | default (get $usual .Values.runtime) }}
{{- end }}

{{- /* A secret that is made of a value, or one that is there. */}}
{{- define "zomg.hostKeySecret" -}}
{{ .Values.hostKey.value | empty | ternary .Values.hostKey.existingSecret (printf "%s-host-key" .Release.Name) }}
{{- end }}

{{- define "zomg.authorizedKeysSecret" -}}
{{ .Values.authorizedKeys.value | empty | ternary .Values.authorizedKeys.existingSecret (printf "%s-authorized-keys" .Release.Name) }}
{{- end }}
