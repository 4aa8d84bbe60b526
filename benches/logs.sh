#!/usr/bin/env bash
# How fast `audit` reads logs, beside `wc -l` and the same sum in jq: benches/logs.sh [GB]
#
# The log is made here: Chat Completions responses of about 1.3 KB, each with an id of its own.
set -euo pipefail
cd "$(dirname "$0")/.."
size=${1:-1}
log=$(mktemp --suffix=.jsonl)
trap 'rm -f "$log"' EXIT

awk -v bytes="$((size * 1000000000))" 'BEGIN {
  word = "1. **Unstack the blue block from the orange block**\\n"
  for (i = 0; i < 14; i++) content = content word
  while (written < bytes) {
    n++
    reasoning = 64 * (1 + n * 7919 % 180); completion = reasoning + 320; prompt = 400 + n % 900
    line = sprintf("{\"id\": \"chatcmpl-%012d\", \"choices\": [{\"finish_reason\": \"stop\", \"index\": 0, \"logprobs\": null, \"message\": {\"content\": \"%s\", \"refusal\": null, \"role\": \"assistant\", \"function_call\": null, \"tool_calls\": null}}], \"created\": %d, \"model\": \"o1-%s-2024-09-12\", \"object\": \"chat.completion\", \"service_tier\": null, \"system_fingerprint\": \"fp_3cae7da8eb\", \"usage\": {\"completion_tokens\": %d, \"prompt_tokens\": %d, \"total_tokens\": %d, \"completion_tokens_details\": {\"reasoning_tokens\": %d}, \"prompt_tokens_details\": {\"cached_tokens\": 0}}, \"metadata\": {\"task\": \"blocksworld\"}}", n, content, 1727827200 + n, (n % 3 ? "mini" : "preview"), completion, prompt, prompt + completion, reasoning)
    print line
    written += length(line) + 1
  }
}' >"$log"
cargo build --quiet --locked --profile dist
megabytes=$(($(stat -c %s "$log") / 1000000))
echo "$megabytes MB, $(wc -l <"$log") records, $(nproc) cores"

# Each command runs three times; the best time counts, and the largest peak of memory.
measure() {
  local name=$1 best=0 peak=0
  shift
  for _ in 1 2 3; do
    read -r seconds kilobytes < <(/usr/bin/time -f '%e %M' "$@" 2>&1 >/dev/null | tail -n 1)
    best=$(awk -v a="$best" -v b="$seconds" 'BEGIN { print (a == 0 || b < a) ? b : a }')
    peak=$((kilobytes > peak ? kilobytes : peak))
  done
  awk -v name="$name" -v s="$best" -v mb="$megabytes" -v kb="$peak" \
    'BEGIN { printf "%-28s %6.2f s %6.0f MB/s %4.0f MB of memory\n", name, s, mb / s, kb / 1024 }'
}
measure 'wc -l' wc -l "$log"
measure 'outlay audit, one core' taskset -c 0 target/dist/outlay audit "$log"
measure 'outlay audit, all cores' target/dist/outlay audit "$log"
measure 'outlay audit, from a pipe' sh -c "cat '$log' | target/dist/outlay audit -"
measure 'outlay audit --each' target/dist/outlay audit "$log" --each
if command -v jq >/dev/null; then
  measure 'jq, the same sum' jq -n 'reduce inputs as $r ({}; .[$r.model] |= [(.[0] // 0) + $r.usage.prompt_tokens,
    (.[1] // 0) + $r.usage.completion_tokens, (.[2] // 0) + $r.usage.completion_tokens_details.reasoning_tokens])' "$log"
fi
