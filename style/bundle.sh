#!/bin/sh
# Joins the sheets of each page into one file: the order of the layers is declared in token.css, so the order of the
# files does not matter. Comments and indentation are for us, not for the network.
set -eu
cd "$(dirname "$0")"
out=../target/style
mkdir -p "$out"

bundle() {
    page=$1
    shift
    cat "$@" | sed -e 's|/\*[^*]*\*/||g' -e 's/^[[:space:]]*//' -e '/^$/d' >"$out/$page.css.new"
    # Trunk watches the file: touch it only when it changes.
    if cmp -s "$out/$page.css.new" "$out/$page.css"; then
        rm "$out/$page.css.new"
    else
        mv "$out/$page.css.new" "$out/$page.css"
    fi
}

# `frame` is what portal and console have in common and the phone page does without.
bundle portal token.css base.css ui/*.css frame/*.css portal/*.css
bundle console token.css base.css ui/*.css frame/*.css console/*.css
bundle phone token.css base.css ui/*.css phone/*.css
bundle reader token.css base.css ui/*.css phone/*.css reader/*.css
