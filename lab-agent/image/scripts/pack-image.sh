#!/bin/sh
# Packs a folder as the layer of a container image; prints its SHA-256. usage: pack-image.sh FOLDER OUT.tar
set -eu
cd "$1"
# What an overlay marks as removed, an image layer marks by a name (image-spec, layer.md: whiteouts).
find . -type c | while read -r gone; do
  rm -f "$gone"
  : >"$(dirname "$gone")/.wh.$(basename "$gone")"
done
tar --sort=name --mtime=@0 --numeric-owner -cf "$2" .
sha256sum "$2" | cut -d' ' -f1
