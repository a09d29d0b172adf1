#!/bin/sh
# Builds and runs every test: once with sanitizers and warnings as errors, once optimised and hardened. Where clang with its
# fuzzing runtime is there, the fuzz targets run with libFuzzer too.
set -e
jobs=$(nproc 2> /dev/null || echo 2)
for preset in dev release; do
    echo "== $preset"
    cmake --preset "$preset" > /dev/null
    cmake --build --preset "$preset" -j "$jobs" -- --no-print-directory -s > /dev/null
    ctest --preset "$preset" -j "$jobs" --output-on-failure
done
if command -v clang > /dev/null && echo 'int LLVMFuzzerTestOneInput(const char *p, unsigned long n); int LLVMFuzzerTestOneInput(const char *p, unsigned long n) { (void)p; (void)n; return 0; }' |
    clang -x c - -fsanitize=fuzzer -o /dev/null 2> /dev/null; then
    echo "== fuzz"
    cmake --preset fuzz > /dev/null
    cmake --build --preset fuzz -j "$jobs" -- --no-print-directory -s > /dev/null
    ctest --preset fuzz -j "$jobs" --output-on-failure -R '^fuzz_'
else
    echo "== fuzz: skipped, clang with its fuzzing runtime is not installed (packages clang, libclang-rt-14-dev);"
    echo "   the same targets ran above with a driver of our own"
fi
