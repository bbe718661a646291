# shellcheck shell=bash disable=SC2034
# Sourced by every script that builds: finds the Swift toolchain and the system packages that the
# build needs, installs what is missing where it may, and says exactly what to install where it may not.
# Says nothing when there is nothing to do. Sets `root` (the repository) and PATH.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
readonly root

# The oldest toolchain whose package manager reads Package.swift.
readonly swift_major=6 swift_minor=2

# Debian and Ubuntu name of each package, and the pkg-config module that proves it is there.
readonly needed_modules=(libnghttp2-dev:libnghttp2 nettle-dev:nettle zlib1g-dev:zlib libsqlite3-dev:sqlite3 libyaml-dev:yaml-0.1)

# One line for each argument, on standard error.
say() { printf '%s\n' "$@" >&2; }

# Ends with 69, EX_UNAVAILABLE: something that this needs is not there.
unavailable() {
    say "$@"
    exit 69
}

# Puts `swift` on PATH from where toolchains are usually unpacked, and checks its version.
find_swift() {
    local directory version
    if ! command -v swift >/dev/null; then
        for directory in "${SWIFTLY_BIN_DIR:-$HOME/.local/share/swiftly/bin}" /opt/swift/usr/bin /usr/local/swift/usr/bin; do
            if [ -x "$directory/swift" ]; then
                PATH="$directory:$PATH"
                export PATH
                break
            fi
        done
    fi
    command -v swift >/dev/null ||
        unavailable "swift is not on PATH. Install Swift $swift_major.$swift_minor or newer: https://www.swift.org/install/linux/"
    version=$(swift --version 2>/dev/null | sed -nE 's/.*Swift version ([0-9]+)\.([0-9]+).*/\1 \2/p' | head -n 1)
    local major=${version% *} minor=${version#* }
    if [ -z "$version" ] || [ "$major" -lt $swift_major ] || { [ "$major" -eq $swift_major ] && [ "$minor" -lt $swift_minor ]; }; then
        unavailable "Swift ${version/ /.} at $(command -v swift) is too old: $swift_major.$swift_minor or newer is needed." \
            "See https://www.swift.org/install/linux/"
    fi
}

# Prints the packages that are missing, one a line.
missing_packages() {
    command -v git >/dev/null || echo git
    if ! command -v pkg-config >/dev/null; then
        echo pkg-config
        printf '%s\n' "${needed_modules[@]%%:*}"
        return
    fi
    local entry
    for entry in "${needed_modules[@]}"; do
        pkg-config --exists "${entry#*:}" || echo "${entry%%:*}"
    done
}

# Installs Debian packages as root or through a sudo that does not ask; else says the command and ends.
install_packages() {
    local as_root=()
    command -v apt-get >/dev/null ||
        unavailable "Missing: $*" "These are Debian's names. Install what your system calls them, then run this again."
    if [ "$(id -u)" -ne 0 ]; then
        if command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
            as_root=(sudo -n)
        else
            unavailable "Missing: $*" "Install them, then run this again:" "" "    sudo apt-get update && sudo apt-get install -y $*" ""
        fi
    fi
    say "Installing $*"
    # A machine that has just booted may be updating itself: wait for its lock instead of failing.
    local apt=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300)
    "${apt[@]}" update >&2 </dev/null || say "apt-get update failed; trying with the package lists that are here"
    "${apt[@]}" install -y --no-install-recommends "$@" >&2 </dev/null ||
        unavailable "apt-get could not install: $*"
}

# The real programs that some tests run, and skip where they are missing. Only where it was asked for: nobody's machine should get
# a web server because of a test.
set_up_test_programs() {
    local program missing=()
    for program in nginx haproxy caddy curl openssl prometheus chromium valgrind; do
        [ -x "/usr/bin/$program" ] || [ -x "/usr/sbin/$program" ] || missing+=("$program")
    done
    [ -x /usr/bin/h2load ] || missing+=(nghttp2-client)
    if [ ${#missing[@]} -gt 0 ]; then
        (install_packages "${missing[@]}") || say "The tests with ${missing[*]} are skipped"
    fi
}

# Whether a browser and what drives it are there; says in `missing_for_page` what is not. The two packages of PyPI are put into
# .build/page, where they are nobody else's.
page_programs() {
    missing_for_page=
    [ -x /usr/bin/chromium ] || missing_for_page="chromium"
    command -v python3 >/dev/null || missing_for_page="$missing_for_page python3"
    [ -z "$missing_for_page" ] || return 1
    [ -d "$root/.build/page/axe_playwright_python" ] && [ -d "$root/.build/page/playwright" ] && return
    python3 -m pip install --quiet --disable-pip-version-check --root-user-action=ignore --target "$root/.build/page" \
        playwright==1.65.2 axe-playwright-python==0.1.8 >&2 </dev/null && return
    missing_for_page="playwright and axe-playwright-python, of PyPI"
    return 1
}

set_up() {
    local missing
    find_swift
    mapfile -t missing < <(missing_packages)
    if [ ${#missing[@]} -gt 0 ]; then
        install_packages "${missing[@]}"
    fi
}
