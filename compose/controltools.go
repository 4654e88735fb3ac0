package compose

// ControlTools is a shell script that ends with an error where an image lacks
// what proxies on a Swarm are asked with from a control task, and says on stderr
// "missing TOOLS".
const ControlTools = `command -v awk >/dev/null 2>&1 || { echo "missing awk" >&2; exit 97; }
command -v bash >/dev/null 2>&1 || command -v nc >/dev/null 2>&1 || { echo "missing bash or nc" >&2; exit 97; }`

// ControlToolsFix says which images have them.
const ControlToolsFix = "use an image with awk and bash, or with busybox: the official haproxy images are such"
