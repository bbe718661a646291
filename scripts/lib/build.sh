# shellcheck shell=bash disable=SC2034
# Sourced behind setup.sh: builds Bursar, always with the same options, because others would build all anew.

# Where to; a script says another one in front of `build`.
scratch=

# build CONFIGURATION OPTIONS…: `swift build` into $scratch, else .build, with a precompiled header where one can be made.
build() {
    local configuration=$1 scratch=${scratch:-$root/.build} options log failed=
    shift
    options=(--package-path "$root" --scratch-path "$scratch" --configuration "$configuration" "$@")
    if [ "$configuration" = debug ]; then
        # The C of dependencies gets no debug information. The index that a debug build makes beside is a fifth of the compiler's time: there is
        # none, but of the tests, which are found by it (Package.swift).
        options+=(-Xcc -g0 --disable-index-store)
        case " $* " in
            *" --build-tests "*) BURSAR_TEST_INDEX=$(swift build "${options[@]}" --show-bin-path)/index/store && export BURSAR_TEST_INDEX ;;
        esac
    else
        # Lines of a backtrace, and not what a debugger would show of every variable, which takes 8 in a hundred of the optimiser's time.
        options+=(-Xswiftc -gline-tables-only)
    fi
    precompile "$configuration"
    log=$(mktemp)
    swift build "${options[@]}" "${precompiled[@]}" 2>&1 | tee -i "$log" || failed=1
    if [ -n "$failed" ] && [ ${#precompiled[@]} -gt 0 ] && grep -qE 'CNIOBoringSSL/.*error: |/tls\.h' "$log"; then
        rm "$log"
        if [ -n "$is_kept" ]; then
            echo "The precompiled header is not of what is there now; making it anew"
            rm "$scratch/precompiled/$configuration/of"
        else
            echo "The precompiled header does not fit; building without it, here until it would be another one"
            sed -i '1s/^/unfit for /' "$scratch/precompiled/$configuration/of"
        fi
        build "$configuration" "$@"
        return
    fi
    rm "$log"
    [ -z "$failed" ]
}

# precompile CONFIGURATION: sets `precompiled`, the options that use the header, and `is_kept` where it was made before.
#
# BoringSSL is 283 files of C++, and each reads the same 60,000 lines of headers first, which is most of what it takes to compile. They are
# read once. What comes out is the same: docs/decisions/0006. SwiftPM compiles them with these options; where another version takes others, or
# a header of the system changed, the compiler refuses it, and `build` makes it once more, or goes on without.
precompile() {
    local folder="$scratch/precompiled/$1" checkout="$scratch/checkouts/swift-nio-ssl" info triple clang of known
    local sources="$checkout/Sources/CNIOBoringSSL"
    precompiled=() is_kept=1
    # Another compiler than the toolchain's, or nothing there to compile.
    [ -z "${CC:-}" ] || return 0
    # What `swift build` would fetch anew, it would fetch behind the header's back.
    [ -d "$sources" ] && [ ! "$root/Package.swift" -nt "$folder/of" ] ||
        swift package --package-path "$root" --scratch-path "$scratch" resolve >&2 || return 0
    # A definition that the header lacks is not noticed by the compiler, so these are compared with those that stand below.
    known=$(sed -n '/name: "CNIOBoringSSL",$/,/^        ),/s/^ *\.define(\(.*\)),$/\1/p' "$checkout/Package.swift" | grep -v windows) || return 0
    [ "$known" = '"_GNU_SOURCE"
"_POSIX_C_SOURCE", to: "200112L"
"_DARWIN_C_SOURCE"' ] || return 0
    info=$(swift -print-target-info) || return 0
    triple=$(sed -n 's/^ *"unversionedTriple": "\(.*\)",*$/\1/p' <<<"$info")
    clang=$(sed -n 's/^ *"runtimeResourcePath": "\(.*\)",*$/\1/p' <<<"$info")/../../bin/clang
    # What it is made of, and how. The compiler itself looks at the time of each header.
    of=$(declare -f precompile | cksum && echo "$sources" && "$clang" --version && git -C "$checkout" rev-parse HEAD && stat -c %Y "$sources/include/CNIOBoringSSL.h") || return 0
    mkdir -p "$folder"
    touch "$folder/of"
    [ "$(cat "$folder/of")" != "unfit for $of" ] || return 0
    if [ "$(cat "$folder/of")" != "$of" ]; then
        # What most of them read: of C++, of C, of BoringSSL for others and for itself.
        printf '#include <%s>\n' algorithm array atomic memory optional string string_view utility assert.h errno.h limits.h \
            stdlib.h string.h CNIOBoringSSL.h > "$folder/tls.h"
        printf '#include "%s"\n' "$sources/crypto/internal.h" "$sources/crypto/mem_internal.h" >> "$folder/tls.h"
        local options=(-target "$triple" -std=c++17 -fblocks -fPIC -fno-omit-frame-pointer -w -DSWIFT_PACKAGE=1 -D_GNU_SOURCE
            -D_POSIX_C_SOURCE=200112L -D_DARWIN_C_SOURCE -I "$sources/include" -g0)
        if [ "$1" = debug ]; then options+=(-O0 -DDEBUG=1); else options+=(-O2); fi
        "$clang" "${options[@]}" -fpch-instantiate-templates -x c++-header "$folder/tls.h" -o "$folder/tls.h.pch" >&2 || return 0
        echo "$of" > "$folder/of"
        is_kept=
    fi
    precompiled=(-Xcxx -g0 -Xcxx -Xclang -Xcxx -fmodules-validate-system-headers -Xcxx -include -Xcxx "$folder/tls.h")
}

# Builds the program as the image has it (Dockerfile): Swift's own libraries linked in, by lld, without the names of 41,000 symbols
# that nobody looks up, relocations packed where the C library reads them so (glibc 2.36). Apart from .build/release, which other
# options would make build anew. Sets `shipped`.
build_shipped() {
    local options=(--product bursar --static-swift-stdlib -Xswiftc -use-ld=lld -Xlinker --no-export-dynamic)
    local glibc
    glibc=$(getconf GNU_LIBC_VERSION 2>/dev/null | sed -nE 's/glibc 2\.([0-9]+).*/\1/p')
    [ "${glibc:-0}" -lt 36 ] || options+=(-Xlinker -z -Xlinker pack-relative-relocs)
    scratch="$root/.build/shipped" build release "${options[@]}" >&2
    shipped="$root/.build/shipped/bursar"
    strip -o "$shipped" "$root/.build/shipped/release/bursar"
}
