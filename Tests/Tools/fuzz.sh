#!/bin/sh
# Fuzzes the parsers of files that others supply, one after another, with libFuzzer and the address sanitizer.
#   Tests/Tools/fuzz.sh SECONDS [PARSER...]     all parsers, or these, for so long each
#   Tests/Tools/fuzz.sh merge [PARSER...]       keeps what adds coverage in Tests/ParsersTests/Corpus, as few inputs as possible
# Inputs of earlier runs stay in .build/fuzzing. Exits 1 if an input crashes, hangs, allocates too much or breaks a law, and
# leaves it in .build/fuzzing/findings.
cd "$(dirname "$0")/../.." || exit 2
mode=${1:?usage: Tests/Tools/fuzz.sh SECONDS|merge [PARSER...]}
shift
kept=Tests/ParsersTests/Corpus
work=.build/fuzzing
LAYERFOLD_FUZZ=1 swift build -c release --scratch-path .build/fuzz --product Fuzz || exit 2
program=.build/fuzz/release/Fuzz
# Swift's own reports of crashes would keep libFuzzer from writing the input.
export SWIFT_BACKTRACE=enable=no ASAN_OPTIONS=detect_leaks=0:allocator_may_return_null=1
[ $# -gt 0 ] || set -- $(sed -n 's/^  case \([a-z]*\)$/\1/p; s/^  case [a-zA-Z]* = "\(.*\)"$/\1/p' Tests/Parsers/Parser.swift)
failed=0
mkdir -p "$work/findings" "$work/logs"
for parser; do
  export LAYERFOLD_FUZZ_PARSER="$parser"
  mkdir -p "$work/$parser" "$kept/$parser"
  "$program" seeds "$work/$parser" || exit 2
  if [ "$mode" = merge ]; then
    mkdir -p "$work/merged"
    rm -f "$work/merged"/*
    find "$kept/$parser" -name 'finding-*' -exec cp {} "$work/merged" \;
    "$program" -merge=1 -max_len=8192 "$work/merged" "$kept/$parser" "$work/$parser" 2> "$work/logs/$parser-merge.log" || failed=1
    rm -f "$kept/$parser"/*
    cp "$work/merged"/* "$kept/$parser"
    continue
  fi
  # An input of 8 KiB must not allocate 64 MiB at once nor 2 GiB in all, and takes milliseconds (a minute on a busy machine).
  "$program" -max_total_time="$mode" -max_len=8192 -malloc_limit_mb=64 -rss_limit_mb=2048 -timeout=60 -print_final_stats=1 \
    -artifact_prefix="$work/findings/$parser-" "$work/$parser" "$kept/$parser" 2> "$work/logs/$parser.log" || failed=1
  grep -E 'DONE|SUMMARY|Fatal error|executed_units' "$work/logs/$parser.log" | sed "s/^/$parser: /"
done
exit $failed
