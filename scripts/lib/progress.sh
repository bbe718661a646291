# shellcheck shell=bash
# Sourced by scripts/run: one line that says how far a build is, in place of some thousand.

# Reads what `swift build` prints on a pipe and shows on standard error what is built, how many steps are done and about how long the rest
# takes. What is no step, such as an error, is passed on. On a terminal the line moves; else there is one each half minute.
show_progress() {
    # An interrupt is for the build. It ends in order and keeps what is done, as long as somebody reads what it says.
    trap '' INT
    local line step=0 steps=0 what="" left="" shown=-100 now
    # Where the last stage began, which the estimate is made from: later steps take longer than the first.
    local stage_step=0 stage_began=$SECONDS
    local every=30
    [ ! -t 2 ] || every=1
    while IFS= read -r line; do
        if [[ $line =~ ^\[([0-9]+)/([0-9]+)\]\ (.*)$ ]]; then
            step=${BASH_REMATCH[1]} steps=${BASH_REMATCH[2]} what=${BASH_REMATCH[3]}
            now=$SECONDS
            if ((now - stage_began >= 60)); then
                left=$(time_left $((step - stage_step)) $((now - stage_began)) $((steps - step)))
                stage_step=$step stage_began=$now
            elif ((step - stage_step >= 20 && now - stage_began >= 10)); then
                left=$(time_left $((step - stage_step)) $((now - stage_began)) $((steps - step)))
            fi
            if ((now - shown >= every)); then
                # The target's name is enough: "Compiling NIOCore ByteBuffer.swift".
                what=$(awk '{ print $1, $2 }' <<<"$what")
                if [ -t 2 ]; then
                    printf '\r\033[K%d of %d steps%s: %s' "$step" "$steps" "$left" "$what" >&2
                else
                    say "$step of $steps steps$left: $what"
                fi
                shown=$now
            fi
        elif [ -n "$line" ]; then
            [ ! -t 2 ] || printf '\r\033[K' >&2
            say "$line"
            shown=-100
        fi
    done
    [ ! -t 2 ] || printf '\r\033[K' >&2
}

# time_left DONE SECONDS REST: about how long REST steps take where DONE took SECONDS.
time_left() {
    (($1 > 0)) || return 0
    local seconds=$(($2 * $3 / $1))
    if ((seconds >= 90)); then
        printf ', about %d minutes left' $(((seconds + 30) / 60))
    else
        printf ', about %d seconds left' $(((seconds + 9) / 10 * 10))
    fi
}
