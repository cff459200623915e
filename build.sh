#!/usr/bin/env bash
# One way to be green, for people and CI:  ./build.sh [check|test|bench|format]
#   check    formatting, and a build in which warnings are errors
#   test     builds once and runs every test project; the last line is "N passed, N failed" (the default)
#   bench    runs the benchmarks; what follows is passed on:  ./build.sh bench training --quick
#   format   lays out all files
# Needed: git and the .NET 10 SDK. All else comes from the package registry.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

readonly solution=Neptune.Orleans.sln
readonly configuration=Release
# The most seconds that one test project may take: a test that hangs must not hang the build.
readonly test_limit=${NEPTUNE_TEST_LIMIT:-900}

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1
# Build nodes that stay would outlive a container's job.
export MSBUILDDISABLENODEREUSE=1

say() { printf '%s\n' "$*" >&2; }

has_library() {
    local folder
    for folder in /lib /usr/lib /lib64 /usr/lib64 /lib/*-linux-gnu /usr/lib/*-linux-gnu; do
        compgen -G "$folder/$1*" > /dev/null && return 0
    done
    return 1
}

# What libtorch and SkiaSharp link to and do not bring along. libgomp they bring.
install_missing() {
    [[ $(uname -s) == Linux ]] || return 0
    local missing=()
    has_library libstdc++.so.6 || missing+=(libstdc++6)
    has_library libgcc_s.so.1 || missing+=(libgcc-s1)
    # The .NET tools stop without ICU, unless they are told to do without.
    has_library libicuuc.so || export DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1
    ((${#missing[@]} > 0)) || return 0
    if [[ $(id -u) == 0 ]] && command -v apt-get > /dev/null; then
        say "installing ${missing[*]}"
        apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "${missing[@]}" > /dev/null
    else
        say "The tests need ${missing[*]}. As root: apt-get install ${missing[*]}. Going on without."
    fi
}

# The test of several machines makes network namespaces; without iproute2 it is skipped, and says so.
install_iproute2() {
    [[ $(uname -s) == Linux ]] && ! command -v ip > /dev/null || return 0
    if [[ $(id -u) == 0 ]] && command -v apt-get > /dev/null; then
        say "installing iproute2"
        apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq iproute2 > /dev/null && return 0
    fi
    say "The test of several machines needs iproute2. As root: apt-get install iproute2. It is skipped."
}

# Tests of clusters start a redis-server of their own. Without one they are skipped, and say so.
install_redis() {
    ! command -v redis-server > /dev/null || return 0
    if [[ $(id -u) == 0 ]] && command -v apt-get > /dev/null; then
        say "installing redis-server"
        if apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq redis-server > /dev/null; then
            # The package starts a service, which nobody asked for.
            if [[ -d /run/systemd/system ]]; then
                systemctl disable --now redis-server > /dev/null 2>&1 || true
            elif command -v service > /dev/null; then
                service redis-server stop > /dev/null 2>&1 || true
            fi
            return 0
        fi
    fi
    say "The tests of clusters need redis-server. As root: apt-get install redis-server. They are skipped."
}

restore_tools() { dotnet tool restore > /dev/null; }

build() { dotnet build "$solution" -c "$configuration" -m:2 --nologo -v quiet -clp:NoSummary "$@"; }

check_format() {
    install_missing
    restore_tools
    if ! dotnet csharpier check .; then
        say "Some files are laid out otherwise: run ./build.sh format."
        return 1
    fi
}

check() {
    check_format
    build
}

format() {
    install_missing
    restore_tools
    dotnet csharpier format .
}

# The value of an attribute of the first <assembly> in an xunit report; nothing where there is none.
count_of() { { sed -n "s/.*<assembly [^>]*[[:space:]]$1=\"\([0-9]*\)\".*/\1/p" "$2" 2> /dev/null || true; } | head -n 1; }

# What a project said of the tests that failed, the first lines of each.
failures_in() { awk '/ \[FAIL\]$/ { left = 15 } left-- > 0' "$1"; }

# Adds a project's counts to passed, failed and skipped. What it says is shown when it has ended.
run_project() {
    local project=$1 report=$2/$1.xml log=$2/$1.log
    local program=tests/$project/bin/$configuration/net10.0/$project
    local started=$SECONDS status=0
    timeout --kill-after=10 "$test_limit" "$program" -noColor -noLogo -noAutoReporters -reporter quiet \
        -result-xml "$report" > "$log" 2>&1 || status=$?
    cat "$log" >&2
    failures_in "$log" >> "$2/failures"
    local total good bad wrong left
    total=$(count_of total "$report") good=$(count_of passed "$report") bad=$(count_of failed "$report")
    wrong=$(count_of errors "$report") left=$(count_of skipped "$report")
    if ((status == 124 || status == 137)); then
        say "$project: FAILED: it did not end within $test_limit seconds"
        failed=$((failed + 1))
    elif [[ -z $total ]]; then
        say "$project: FAILED: it ended with exit code $status and left no report"
        failed=$((failed + 1))
    elif ((total == 0)); then
        say "$project: FAILED: it has no tests"
        failed=$((failed + 1))
    else
        passed=$((passed + good)) failed=$((failed + bad + wrong)) skipped=$((skipped + left))
        if ((status != 0 && bad + wrong == 0)); then
            say "$project: FAILED: its tests passed, and it ended with exit code $status"
            failed=$((failed + 1))
        fi
        say "$project: $good passed, $((bad + wrong)) failed, $left skipped in $((SECONDS - started)) s"
    fi
}

run_tests() {
    local passed=0 failed=0 skipped=0 reports project
    install_missing
    install_redis
    install_iproute2
    if ! build; then
        say "The build failed, so no test ran."
        echo "0 passed, 1 failed"
        return 1
    fi
    say "built in $SECONDS s"
    reports=$(mktemp -d)
    # shellcheck disable=SC2064 # the folder of now
    trap "rm -rf '$reports'" EXIT
    for project in tests/*.Tests/*.csproj; do
        run_project "$(basename "$project" .csproj)" "$reports"
    done
    say "all in $SECONDS s"
    # Once more, for a reader who has the end of the output only.
    cat "$reports/failures" >&2
    local line="$passed passed, $failed failed"
    ((skipped == 0)) || line+=", $skipped skipped"
    echo "$line"
    ((failed == 0 && passed > 0))
}

command=${1:-test}
(($# == 0)) || shift
case $command in
    check) check ;;
    check-format) check_format ;;
    test) run_tests ;;
    bench) dotnet run -c "$configuration" --project tests/Neptune.Benchmarks -- "$@" ;;
    format) format ;;
    *)
        say "There is no '$command': use ./build.sh [check|test|bench|format]."
        exit 2
        ;;
esac
