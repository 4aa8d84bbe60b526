#!/usr/bin/env bash
# How long `check` takes on 1,000 prompts of 4 KB, alone and beside a commit, and on 10: benches/check.sh
#
# The prompts are this project's own sources, cut into pieces, in a git repository made here.
set -euo pipefail
cd "$(dirname "$0")/.."
cargo build --quiet --locked --profile dist
outlay=$PWD/target/dist/outlay
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

mkdir "$folder/prompts" "$folder/few"
# Pieces that begin 700 bytes apart, so that no two are the same.
cat src/*.rs src/*/*.rs src/*/*/*.rs | iconv -c -t ascii | tr -d '{}' >"$folder/text"
for i in $(seq 0 999); do
  tail -c "+$((i * 700 + 1))" "$folder/text" | head -c 4096 >"$folder/prompts/$i.md" || true
done
cp "$folder"/prompts/?.md "$folder/few"
rm "$folder/text"
cd "$folder"
budget='[budget]
max_prompt_tokens = "20k"
max_length_risk = "50%"
max_cost_per_call = { p95 = "5" }
min_room = "8k"
'
printf '%s\n[[prompt]]\npaths = ["prompts/*.md"]\n' "$budget" >outlay.toml
printf '%s\n[[prompt]]\npaths = ["few/*.md"]\n' "$budget" >few.toml
git init --quiet
git -c user.name=bench -c user.email=bench@localhost add .
git -c user.name=bench -c user.email=bench@localhost commit --quiet --message base

run="$outlay check --as-of 2024-10-20 --quiet"
hyperfine --warmup 2 --style basic \
  --command-name '1,000 prompts' "$run" \
  --command-name '1,000 prompts, --base HEAD' "$run --base HEAD" \
  --command-name '10 prompts' "$run --config few.toml" \
  --command-name 'nothing (--version)' "$outlay --version"
