#!/bin/sh
exec /usr/bin/node --cpu-prof --cpu-prof-dir=$PROFDIR --cpu-prof-interval=200 "$@"
