#!/bin/sh
# Unpacks the source of Debian's libsrtp2, its patches applied, into the folder $1.
# Uses the machine's own apt sources, read as deb-src in a private folder: nothing of the system is changed, no root
# is needed, and apt checks signatures as always. Ends non-zero when the source cannot be had.
set -eu

target=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/parts" "$work/lists/partial" "$work/cache/archives/partial"

for file in /etc/apt/sources.list.d/*.sources; do
  [ -e "$file" ] && sed 's/^Types:.*/Types: deb-src/' "$file" >"$work/parts/$(basename "$file")"
done
for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
  [ -e "$file" ] && sed -n 's/^deb /deb-src /p' "$file" >>"$work/parts/one-line.list"
done

apt() {
  apt-get -qq -o APT::Sandbox::User=root -o Acquire::http::Timeout=20 -o Acquire::https::Timeout=20 \
    -o Dir::Etc::SourceList=/dev/null -o Dir::Etc::SourceParts="$work/parts" \
    -o Dir::State::Lists="$work/lists" -o Dir::Cache="$work/cache" "$@"
}

# Third-party entries often have no sources and make the update fail; what counts is whether libsrtp2 is found.
apt update || echo "some package lists could not be read" >&2
cd "$work"
apt source libsrtp2
rm -rf "$target"
mv "$work"/libsrtp2-*/ "$target"
