#!/bin/sh
# Fuzzes the parsers of files that others supply with libFuzzer, each beginning with the kept corpus.
#   Tests/Tools/fuzz.sh SECONDS [PARSER...]        all parsers, or these, one after another, for so long each, with the address sanitizer
#   Tests/Tools/fuzz.sh quick SECONDS [PARSER...]  the same without sanitizer and optimisation, on all processors at once: what CI runs
#   Tests/Tools/fuzz.sh merge [PARSER...]          keeps what adds coverage in Tests/ParsersTests/Corpus, as few inputs as possible
# Inputs of earlier runs stay in .build/fuzzing. Exits 1 if an input crashes, hangs, allocates too much or breaks a law, leaves
# it in .build/fuzzing/findings and says so.
cd "$(dirname "$0")/../.." || exit 2
mode=${1:?usage: Tests/Tools/fuzz.sh SECONDS|quick SECONDS|merge [PARSER...]}
shift
kept=Tests/ParsersTests/Corpus
work=.build/fuzzing
configuration=release
seconds=$mode
workers=1
# An input of 8 KiB must not allocate 64 MiB at once nor 2 GiB in all, and takes milliseconds (a minute on a busy machine).
limits="-malloc_limit_mb=64 -rss_limit_mb=2048 -timeout=60"
options=
if [ "$mode" = quick ]; then
  configuration=debug
  seconds=${1:?usage: Tests/Tools/fuzz.sh quick SECONDS [PARSER...]}
  shift
  workers=$(getconf _NPROCESSORS_ONLN)
  # Single allocations are seen by the sanitizer only; all memory is about 60 MB here.
  limits="-rss_limit_mb=512 -timeout=60"
  options="-debug-info-format none --disable-index-store"
fi
LAYERFOLD_FUZZ=1 swift build -c "$configuration" $options --scratch-path .build/fuzz --product Fuzz || exit 2
program=.build/fuzz/$configuration/Fuzz
# Swift's own reports of crashes would keep libFuzzer from writing the input.
export SWIFT_BACKTRACE=enable=no ASAN_OPTIONS=detect_leaks=0:allocator_may_return_null=1
[ $# -gt 0 ] || set -- $(sed -n 's/^  case \([a-z]*\)$/\1/p; s/^  case [a-zA-Z]* = "\(.*\)"$/\1/p' Tests/Parsers/Parser.swift)
[ $# -gt 0 ] || exit 2
rm -rf "$work/failed"
mkdir -p "$work/findings" "$work/logs" "$work/failed"
# Words that the readers know.
grep -rohE '"[^"\\ ]{2,40}"' Sources/Model Sources/LayerFold | LC_ALL=C grep -v '[^ -~]' | sort -u > "$work/dictionary"

# Gives one parser's folder its seeds.
seed() {
  export LAYERFOLD_FUZZ_PARSER="$1"
  mkdir -p "$work/$1" "$kept/$1"
  "$program" seeds "$work/$1"
}

fuzz() {
  seed "$1" && "$program" -max_total_time="$seconds" -max_len=8192 $limits -print_final_stats=1 -dict="$work/dictionary" \
    -artifact_prefix="$work/findings/$1-" "$work/$1" "$kept/$1" 2> "$work/logs/$1.log" || : > "$work/failed/$1"
  grep -E 'DONE|SUMMARY|Fatal error|executed_units|Test unit written|Base64' "$work/logs/$1.log" | sed "s/^/$1: /"
}

# Inputs with all branches reached so far, and how often they were taken unless those are more than 256 KiB.
merge() {
  seed "$1" || exit 2
  for counters in 1 0; do
    rm -rf "$work/merged"
    mkdir -p "$work/merged"
    "$program" -set_cover_merge=1 -use_counters=$counters -max_len=8192 "$work/merged" "$kept/$1" "$work/$1" \
      2> "$work/logs/$1-merge.log" || : > "$work/failed/$1"
    [ ! -e "$work/failed/$1" ] || return
    [ "$(cat "$work/merged"/* | wc -c)" -gt 262144 ] || break
  done
  find "$kept/$1" -name 'finding-*' -exec cp {} "$work/merged" \;
  rm -f "$kept/$1"/*
  cp "$work/merged"/* "$kept/$1"
}

if [ "$mode" = merge ]; then
  for parser; do merge "$parser"; done
else
  worker=0
  while [ $worker -lt "$workers" ]; do
    turn=0
    for parser; do
      [ $((turn % workers)) -ne $worker ] || fuzz "$parser"
      turn=$((turn + 1))
    done &
    worker=$((worker + 1))
  done
  wait
fi
for parser in $(ls "$work/failed"); do
  echo "$parser: FAILED; the input is in $work/findings, what was said in $work/logs/$parser.log" >&2
done
[ -z "$(ls "$work/failed")" ]
