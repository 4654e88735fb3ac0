#!/bin/sh
# Releases what git has checked out: the image is tagged with git's name for
# the commit, built, brought up beside the running version, and switched to.
#
#   ./release.sh            release this commit
#   ./release.sh --pull always
#
# Arguments are handed to `docker bluegreen deploy`. The exit code is the
# deploy's; what each one asks of you is written below.
set -u
cd "$(dirname "$0")" || exit 1

TAG=$(git describe --tags --always --dirty) || exit 1
export TAG

docker bluegreen deploy --build --lock-wait 10m --progress plain "$@"
code=$?

case $code in
0) echo "release $TAG: serves" ;;
3) echo "release $TAG: it did not become healthy; visitors still get the version before. Fix it and release again." ;;
4) echo "release $TAG: a check of it failed; visitors still get the version before. See what it was answered above." ;;
5) echo "release $TAG: served worse than the version before, which visitors get again; look at: docker bluegreen logs" ;;
6) echo "release $TAG: another release is still running; try again when it has ended." ;;
7) echo "release $TAG: serves, but requests were lost on the way; see: docker bluegreen history; to go back: docker bluegreen rollback" ;;
8) echo "release $TAG: the Compose file is invalid; nothing was touched." ;;
9) echo "release $TAG: the proxy did not take the change; look at: docker bluegreen status; docker bluegreen logs lb" ;;
130) echo "release $TAG: interrupted; run this script again to finish it." ;;
*) echo "release $TAG: failed with exit code $code; look at: docker bluegreen status" ;;
esac >&2
exit $code
