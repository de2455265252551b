#!/bin/bash
# What scoring costs, in instructions (callgrind): win rates of 256, 4,096 and
# 65,536 miners, which grow as n log n, and a round of a million judged attempts
# made again, beside a copy of the same bytes. Counts of instructions are the
# same on a busy machine.
#
# usage: tests/bench/scoring.sh BUILD_DIR    (BENCH_EVENTS: 1000000)
set -eu
cd "$(dirname "$0")/../.."
build=${1:?usage: tests/bench/scoring.sh BUILD_DIR}
events=${BENCH_EVENTS:-1000000}
out=$build/bench
tool=$build/tests/bench/scoring
mkdir -p "$out"
worst=0

# count FILE COMMAND...: the instructions of a run that reads FILE
count() {
	local in=$1
	shift
	valgrind --tool=callgrind --callgrind-out-file=/dev/null "$@" <"$in" \
		2>&1 >/dev/null | awk '/refs:/ { gsub(",", "", $NF); print $NF }'
}

# rate MODE: a line for each number of miners, against the first's n log n
rate() {
	local mode=$1 n none all per first=
	for n in 256 4096 65536; do
		none=$(count /dev/null "$tool" rate "$n" "$mode" 0)
		all=$(count /dev/null "$tool" rate "$n" "$mode" 1)
		per=$(awk -v a="$all" -v b="$none" -v n="$n" \
			'BEGIN { print (a - b) / (n * log(n) / log(2)) }')
		first=${first:-$per}
		awk -v mode="$mode" -v n="$n" -v i=$((all - none)) -v p="$per" -v f="$first" '
		BEGIN {
			good = p / f <= 1.25 && p / f >= 0.8
			printf "win rate, %-5s %7d miners %12d %10.1f %7.2f   %s\n",
				mode, n, i, p, p / f, good ? "kept" : "MISSED"
			exit !good
		}' || worst=1
	done
}

printf '%-32s %12s %10s %7s   %s\n' 'scoring, instructions' all \
	'/n log2 n' ratio '0.8 to 1.25'
rate none
rate flat

for n in 0 "$events"; do
	"$tool" round "$n" >"$out/round.$n"
	printf 'weights 0\nend\n' >>"$out/round.$n"
done
none=$(count "$out/round.0" "$build/bin/subnetctl" replay)
all=$(count "$out/round.$events" "$build/bin/subnetctl" replay)
before=$(count "$out/round.$events" "$tool" copy 0)
copied=$(count "$out/round.$events" "$tool" copy 1)
awk -v n="$events" -v i=$((all - none)) -v c=$((copied - before)) \
	-v bytes="$(stat -c %s "$out/round.$events")" '
BEGIN {
	good = i / n <= 2000
	printf "\n%-32s %12s %10s %10s   %s\n", "a round made again", "all",
		"an attempt", "its copy", "at most 2000"
	printf "%-32s %12d %10.0f %10.1f   %s\n", n " attempts, " bytes " bytes",
		i, i / n, c / n, good ? "kept" : "MISSED"
	exit !good
}' || worst=1
rm -f "$out/round.0" "$out/round.$events"
exit $worst
